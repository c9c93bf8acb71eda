using EtcdSharp.Api.Errors;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Edge.Grpc;

/// <summary>
/// Refuses transactions that would change a key twice: two puts of it, or a put and a deletion. The two branches of
/// a nested transaction exclude each other, so they may touch the same keys.
/// </summary>
/// <remarks>With at most some hundred operations, comparing each with each is quicker than building a tree.</remarks>
internal static class TxnOverlaps
{
    /// <summary>After the transaction has passed its other checks, which bound how deep it nests.</summary>
    public static EtcdError? Check(ReadOnlyMemory<byte> txn) =>
        CheckBranch(txn, 2) is null || CheckBranch(txn, 3) is null ? EtcdError.DuplicateKey : null;

    /// <summary>What a branch changes; null when it changes a key twice.</summary>
    private static KeyChanges? CheckBranch(ReadOnlyMemory<byte> txn, int branchField)
    {
        var changes = new KeyChanges();
        var operations = Operations(txn, branchField);
        foreach (var (kind, request) in operations)
        {
            if (kind == OperationKind.DeleteRange)
            {
                changes.AddDelete(request);
            }
        }

        foreach (var (kind, request) in operations)
        {
            if (kind != OperationKind.Txn)
            {
                continue;
            }

            if (
                CheckBranch(request, 2) is not { } success
                || CheckBranch(request, 3) is not { } failure
                || !changes.TryAddNested(success, failure)
            )
            {
                return null;
            }
        }

        foreach (var (kind, request) in operations)
        {
            if (kind == OperationKind.Put && !changes.TryAddPut(request))
            {
                return null;
            }
        }

        return changes;
    }

    private static List<(OperationKind Kind, ReadOnlyMemory<byte> Request)> Operations(ReadOnlyMemory<byte> txn, int branchField)
    {
        var operations = new List<(OperationKind, ReadOnlyMemory<byte>)>();
        var fields = new ProtoReader(txn.Span);
        while (fields.NextField())
        {
            if (fields.Field != branchField)
            {
                fields.Skip();
                continue;
            }

            var (start, length) = fields.ReadBytesRange();
            var operation = txn.Slice(start, length);
            if (RequestParsing.TryReadOperation(operation.Span, out var kind, out var request) && kind != OperationKind.None)
            {
                operation.Span.Overlaps(request, out var offset);
                operations.Add((kind, operation.Slice(request.IsEmpty ? 0 : offset, request.Length)));
            }
        }

        return operations;
    }
}
