using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Replica.Answers;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Replica.Txn;

/// <summary>
/// Carries out a transaction in two steps: <see cref="Check"/> decides the branches, the nested ones too, and may
/// refuse; <see cref="Execute"/> follows these decisions and may not fail, because a half-done write cannot be taken
/// back. Used by one thread; <see cref="Clear"/> makes it ready for the next transaction.
/// </summary>
internal sealed class TxnExecution
{
    private const int CompareField = 1;
    private const int SuccessField = 2;
    private const int FailureField = 3;

    private readonly List<bool> _branches = [];
    private int _nextBranch;

    /// <summary>What <see cref="Check"/> decided, each transaction before those nested in it.</summary>
    public IReadOnlyList<bool> Branches => _branches;

    public void Clear()
    {
        _branches.Clear();
        _nextBranch = 0;
    }

    /// <summary>Null when the transaction may be executed against the same state of the store.</summary>
    /// <exception cref="TxnExecutionException">A compaction overtook the read transaction: what was compared may have been missing.</exception>
    public EtcdError? Check(ReadOnlySpan<byte> txn, IMvccReader reader, Func<long, bool> leaseExists)
    {
        var error = Check(txn, reader, leaseExists, 0);
        return reader.Revision < reader.CompactedRevision ? throw new TxnExecutionException(MvccStatus.Compacted) : error;
    }

    /// <summary>
    /// Writes the response after its header; nothing when <paramref name="body"/> is null because nobody waits. When the
    /// response gets too large, the operations that are left are carried out without one.
    /// </summary>
    public void Execute(ReadOnlySpan<byte> txn, IMvccReader reader, MvccWriteTransaction? writer, ResponseBody? body)
    {
        var succeeded = _branches[_nextBranch++];
        if (body is not null)
        {
            ResponseWriting.WriteSucceeded(body, succeeded);
        }

        var fields = new ProtoReader(txn);
        while (fields.NextField())
        {
            if (fields.Field == (succeeded ? SuccessField : FailureField))
            {
                ExecuteOperation(fields.ReadBytes(), reader, writer, body);
            }
            else
            {
                fields.Skip();
            }
        }
    }

    private EtcdError? Check(ReadOnlySpan<byte> txn, IMvccReader reader, Func<long, bool> leaseExists, int depth)
    {
        if (depth > TxnDepth.EntryMax || !TryCompareAll(txn, reader, out var succeeded))
        {
            return EtcdError.TooManyOps;
        }

        _branches.Add(succeeded);
        var fields = new ProtoReader(txn);
        while (fields.NextField())
        {
            if (fields.Field != (succeeded ? SuccessField : FailureField))
            {
                fields.Skip();
                continue;
            }

            if (CheckOperation(fields.ReadBytes(), reader, leaseExists, depth) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static bool TryCompareAll(ReadOnlySpan<byte> txn, IMvccReader reader, out bool succeeded)
    {
        succeeded = true;
        var fields = new ProtoReader(txn);
        while (fields.NextField())
        {
            if (fields.Field != CompareField)
            {
                fields.Skip();
                continue;
            }

            var compareBytes = fields.ReadBytes();
            if (succeeded)
            {
                succeeded = RequestParsing.TryReadCompare(compareBytes, out var compare) && TxnCompare.Holds(compare, reader);
            }
        }

        return !fields.Failed;
    }

    private EtcdError? CheckOperation(ReadOnlySpan<byte> operation, IMvccReader reader, Func<long, bool> leaseExists, int depth)
    {
        if (!RequestParsing.TryReadOperation(operation, out var kind, out var request))
        {
            return EtcdError.KeyNotFound;
        }

        switch (kind)
        {
            case OperationKind.Range:
                RequestParsing.TryReadRange(request, out var query, out _);
                return query.Revision == 0 ? null
                    : query.Revision > reader.Revision ? EtcdError.FutureRev
                    : query.Revision < reader.CompactedRevision ? EtcdError.Compacted
                    : null;
            case OperationKind.Put:
                RequestParsing.TryReadPut(request, out var put);
                return CheckPut(put, reader, leaseExists);
            case OperationKind.Txn:
                return Check(request, reader, leaseExists, depth + 1);
            default:
                return null;
        }
    }

    private static EtcdError? CheckPut(in PutArguments put, IMvccReader reader, Func<long, bool> leaseExists)
    {
        if (put.Lease != 0 && !leaseExists(put.Lease))
        {
            return EtcdError.LeaseNotFound;
        }

        return (put.IgnoreValue || put.IgnoreLease) && !reader.TryGetVersion(put.Key, out _) ? EtcdError.KeyNotFound : null;
    }

    private void ExecuteOperation(
        ReadOnlySpan<byte> operation,
        IMvccReader reader,
        MvccWriteTransaction? writer,
        ResponseBody? body
    )
    {
        RequestParsing.TryReadOperation(operation, out var kind, out var request);
        switch (kind)
        {
            case OperationKind.Range when body is { IsTooLarge: false }:
                ExecuteRange(request, reader, body, refers: writer is not null);
                break;
            case OperationKind.Put:
                ExecutePut(request, Required(writer), body);
                break;
            case OperationKind.DeleteRange:
                ExecuteDelete(request, Required(writer), body);
                break;
            case OperationKind.Txn:
                ExecuteNested(request, reader, writer, body);
                break;
            case OperationKind.None when body is not null:
                ResponseWriting.WriteEmptyOperation(body);
                break;
        }
    }

    private static MvccWriteTransaction Required(MvccWriteTransaction? writer) =>
        writer ?? throw new InvalidOperationException("a transaction that was taken for read-only writes");

    private static void ExecuteRange(ReadOnlySpan<byte> request, IMvccReader reader, ResponseBody body, bool refers)
    {
        RequestParsing.TryReadRange(request, out var query, out _);

        // Without a write nothing keeps what would be referred to from a compaction.
        using var found = RangeResult.Rent(2, refers ? body.Bounds : body.Bounds with { CopiedBytesMax = long.MaxValue });
        var status = reader.Range(query, found);
        if (status == MvccStatus.TooLong)
        {
            ResponseWriting.WriteRangeOperation(body, found, found.Revision);
            body.Drop(body.Length + found.TotalBytes);
            return;
        }

        if (query.Revision > 0)
        {
            body.ReadAt(query.Revision);
        }

        if (status != MvccStatus.Ok)
        {
            throw new TxnExecutionException(status);
        }

        ResponseWriting.WriteRangeOperation(body, found, found.Revision);
    }

    private static void ExecutePut(ReadOnlySpan<byte> request, MvccWriteTransaction writer, ResponseBody? body)
    {
        RequestParsing.TryReadPut(request, out var put);
        using var previous = put.PrevKv && body is not null ? RangeResult.Rent(2, body.Bounds) : null;
        var command = new PutCommand
        {
            Key = put.Key,
            Value = put.Value,
            Lease = put.Lease,
            IgnoreValue = put.IgnoreValue,
            IgnoreLease = put.IgnoreLease,
        };
        var status = writer.Put(command, previous);
        if (status != MvccStatus.Ok)
        {
            throw new TxnExecutionException(status);
        }

        if (body is not null)
        {
            ResponseWriting.WritePutOperation(body, previous, writer.Revision);
        }
    }

    private static void ExecuteDelete(ReadOnlySpan<byte> request, MvccWriteTransaction writer, ResponseBody? body)
    {
        RequestParsing.TryReadDelete(request, out var delete);
        using var previous = delete.PrevKv && body is not null ? RangeResult.Rent(fieldNumber: 3, body.Bounds) : null;
        var deleted = writer.DeleteRange(delete.Key, delete.RangeEnd, previous);
        if (body is not null)
        {
            ResponseWriting.WriteDeleteOperation(body, deleted, previous, writer.Revision);
        }
    }

    private void ExecuteNested(ReadOnlySpan<byte> request, IMvccReader reader, MvccWriteTransaction? writer, ResponseBody? body)
    {
        var start = body?.Length ?? 0L;
        Execute(request, reader, writer, body);
        if (body is not null)
        {
            ResponseWriting.FrameTxnOperation(body, start);
        }
    }
}
