using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Replica.Txn;

namespace EtcdSharp.Edge.Grpc;

/// <summary>What is wrong with a request before anything is done about it; the order of the checks is etcd's.</summary>
internal static class KvChecks
{
    private static readonly EtcdError Malformed = new(
        EtcdErrorCode.Internal,
        "grpc: error unmarshalling request: the bytes are no TxnRequest"
    );

    public static EtcdError? CheckRange(in RangeQuery query)
    {
        if (query.Key.IsEmpty)
        {
            return EtcdError.EmptyKey;
        }

        return
            query.SortOrder is < SortOrder.None or > SortOrder.Descend
            || query.SortTarget is < SortTarget.Key or > SortTarget.Value
            ? EtcdError.InvalidSortOption
            : null;
    }

    /// <summary>A stream takes a target to sort by, but no order: etcd's check lets just that through.</summary>
    public static EtcdError? CheckRangeStream(in RangeQuery query)
    {
        if (CheckRange(query) is { } error)
        {
            return error;
        }

        if (query.SortOrder != SortOrder.None && !(query.SortTarget == SortTarget.Key && query.SortOrder == SortOrder.Ascend))
        {
            return new EtcdError(EtcdErrorCode.Unimplemented, "RangeStream does not support custom sort orders");
        }

        return
            query.MinModRevision != 0 || query.MaxModRevision != 0 || query.MinCreateRevision != 0 || query.MaxCreateRevision != 0
            ? new EtcdError(EtcdErrorCode.Unimplemented, "RangeStream does not support revision filters")
            : null;
    }

    public static EtcdError? CheckPut(in PutArguments put)
    {
        if (put.Key.IsEmpty)
        {
            return EtcdError.EmptyKey;
        }

        if (put.IgnoreValue && !put.Value.IsEmpty)
        {
            return EtcdError.ValueProvided;
        }

        return put.IgnoreLease && put.Lease != 0 ? EtcdError.LeaseProvided : null;
    }

    /// <summary>
    /// Counts and checks the operations of a transaction and the nested ones; says too how it may be served and what it costs, so
    /// that nobody behind it on the way to the log has to read it again.
    /// </summary>
    public static EtcdError? CheckTxn(ReadOnlySpan<byte> txn, int operationsMax, out TxnTraits traits)
    {
        traits = new TxnTraits { IsReadOnly = true, IsSerializable = true };
        return CheckLevel(txn, operationsMax, 0, ref traits, out traits.Cost);
    }

    private static EtcdError? CheckLevel(
        ReadOnlySpan<byte> txn,
        int operationsMax,
        int depth,
        ref TxnTraits traits,
        out long cost
    )
    {
        cost = 0;
        if (depth > TxnDepth.RequestMax)
        {
            return EtcdError.TooManyOps;
        }

        if (!TryCountOperations(txn, out var operations))
        {
            return Malformed;
        }

        if (operations > operationsMax)
        {
            return EtcdError.TooManyOps;
        }

        var result = CheckCompares(txn);
        foreach (var field in (ReadOnlySpan<int>)[2, 3])
        {
            long branchCost = 0;
            var changes = 0;
            var fields = new ProtoReader(txn);
            while (result is null && fields.NextField())
            {
                if (fields.Field == field)
                {
                    var left = operationsMax - operations;
                    result = CheckOperation(fields.ReadBytes(), left, depth, ref traits, out var operationCost, out var isChange);
                    branchCost += operationCost;
                    changes += isChange ? 1 : 0;
                }
                else
                {
                    fields.Skip();
                }
            }

            cost = Math.Max(cost, branchCost);
            traits.MayOverlap |= changes > 1;
        }

        return result;
    }

    private static bool TryCountOperations(ReadOnlySpan<byte> txn, out int operations)
    {
        Span<int> counts = stackalloc int[4];
        var fields = new ProtoReader(txn);
        while (fields.NextField())
        {
            if (fields.Field is >= 1 and <= 3)
            {
                counts[fields.Field]++;
            }

            fields.Skip();
        }

        operations = Math.Max(counts[1], Math.Max(counts[2], counts[3]));
        return !fields.Failed;
    }

    private static EtcdError? CheckCompares(ReadOnlySpan<byte> txn)
    {
        var fields = new ProtoReader(txn);
        while (fields.NextField())
        {
            if (fields.Field != 1)
            {
                fields.Skip();
                continue;
            }

            if (!RequestParsing.TryReadCompare(fields.ReadBytes(), out var compare))
            {
                return Malformed;
            }

            if (compare.Key.IsEmpty)
            {
                return EtcdError.EmptyKey;
            }
        }

        return null;
    }

    private static EtcdError? CheckOperation(
        ReadOnlySpan<byte> operation,
        int operationsMax,
        int depth,
        ref TxnTraits traits,
        out long cost,
        out bool isChange
    )
    {
        cost = 0;
        isChange = false;
        if (!RequestParsing.TryReadOperation(operation, out var kind, out var request))
        {
            return Malformed;
        }

        if (kind != OperationKind.Range)
        {
            traits.IsReadOnly = false;
            traits.IsSerializable = false;
            isChange = true;
        }

        switch (kind)
        {
            case OperationKind.Range:
                var isRange = RequestParsing.TryReadRange(request, out var query, out var serializable);
                traits.IsSerializable &= serializable;
                traits.SortedRanges += query.NeedsSort ? 1 : 0;
                return isRange ? CheckRange(query) : Malformed;
            case OperationKind.Put:
                if (!RequestParsing.TryReadPut(request, out var put))
                {
                    return Malformed;
                }

                cost = Quota.CostOf(put);
                return CheckPut(put);
            case OperationKind.DeleteRange:
                return !RequestParsing.TryReadDelete(request, out var delete) ? Malformed
                    : delete.Key.IsEmpty ? EtcdError.EmptyKey
                    : null;
            case OperationKind.Txn:
                return CheckLevel(request, operationsMax, depth + 1, ref traits, out cost);
            default:
                return EtcdError.KeyNotFound;
        }
    }
}
