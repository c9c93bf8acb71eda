using EtcdSharp.Api.Errors;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Replica.Txn;

namespace EtcdSharp.Replica.Apply;

/// <summary>
/// Whether a caller may do what a request asks, by the users and roles of one moment. All are null when it may, and
/// always where authentication is off.
/// </summary>
internal readonly struct RequestPermissions(AuthView view, Caller? caller, Lessor lessor)
{
    private const int TxnCompareField = 1;
    private const int TxnSuccessField = 2;
    private const int TxnFailureField = 3;

    public EtcdError? CheckRange(ReadOnlySpan<byte> request) =>
        RequestParsing.TryReadRange(request, out var query, out _) ? view.CheckRead(caller, query.Key, query.RangeEnd) : null;

    public EtcdError? CheckPut(in PutArguments put) =>
        view.CheckWrite(caller, put.Key, default)
        ?? CheckLease(put.Lease)
        ?? (put.PrevKv ? view.CheckRead(caller, put.Key, default) : null);

    public EtcdError? CheckDelete(in DeleteArguments delete) =>
        view.CheckWrite(caller, delete.Key, delete.RangeEnd)
        ?? (delete.PrevKv ? view.CheckRead(caller, delete.Key, delete.RangeEnd) : null);

    /// <summary>Both branches, whichever will be taken: the answer must not tell what the caller may not know.</summary>
    public EtcdError? CheckTxn(ReadOnlySpan<byte> txn) => CheckLevel(txn, 0);

    /// <summary>Who may end a lease, or hang another key on it: whoever may write all keys that hang on it.</summary>
    public EtcdError? CheckLease(long id) => CheckKeysOf(id, writes: true);

    /// <summary>Who may see the keys of a lease: whoever may read them all.</summary>
    public EtcdError? CheckLeaseKeys(long id) => CheckKeysOf(id, writes: false);

    private EtcdError? CheckKeysOf(long lease, bool writes)
    {
        if (!view.IsEnabled || view.CheckAdmin(caller) is null)
        {
            return null;
        }

        foreach (var key in lessor.KeysToRevoke(lease) ?? [])
        {
            var refusal = writes ? view.CheckWrite(caller, key, default) : view.CheckRead(caller, key, default);
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return null;
    }

    private EtcdError? CheckLevel(ReadOnlySpan<byte> txn, int depth) =>
        depth > TxnDepth.EntryMax
            ? EtcdError.TooManyOps
            : CheckFields(txn, TxnCompareField, depth)
                ?? CheckFields(txn, TxnSuccessField, depth)
                ?? CheckFields(txn, TxnFailureField, depth);

    private EtcdError? CheckFields(ReadOnlySpan<byte> txn, int field, int depth)
    {
        var fields = new ProtoReader(txn);
        while (fields.NextField())
        {
            if (fields.Field != field)
            {
                fields.Skip();
                continue;
            }

            var bytes = fields.ReadBytes();
            if ((field == TxnCompareField ? CheckCompare(bytes) : CheckOperation(bytes, depth)) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private EtcdError? CheckCompare(ReadOnlySpan<byte> bytes) =>
        RequestParsing.TryReadCompare(bytes, out var compare) ? view.CheckRead(caller, compare.Key, compare.RangeEnd) : null;

    private EtcdError? CheckOperation(ReadOnlySpan<byte> bytes, int depth)
    {
        RequestParsing.TryReadOperation(bytes, out var kind, out var request);
        switch (kind)
        {
            case OperationKind.Range:
                return CheckRange(request);
            case OperationKind.Put:
                RequestParsing.TryReadPut(request, out var put);
                return CheckPut(put);
            case OperationKind.DeleteRange:
                RequestParsing.TryReadDelete(request, out var delete);
                return CheckDeleteInTxn(delete);
            case OperationKind.Txn:
                return CheckLevel(request, depth + 1);
            default:
                return null;
        }
    }

    /// <summary>In a transaction etcd asks for the permission to read first; which refusal is told depends on it.</summary>
    private EtcdError? CheckDeleteInTxn(in DeleteArguments delete) =>
        (delete.PrevKv ? view.CheckRead(caller, delete.Key, delete.RangeEnd) : null)
        ?? view.CheckWrite(caller, delete.Key, delete.RangeEnd);
}
