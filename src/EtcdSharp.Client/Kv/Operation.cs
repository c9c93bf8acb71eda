using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>One step of a transaction's branch.</summary>
public sealed class Operation
{
    private readonly Func<KeyPrefix, RequestOp> build;

    private Operation(bool writes, Func<KeyPrefix, RequestOp> build)
    {
        Writes = writes;
        this.build = build;
    }

    /// <summary>Whether it may change something.</summary>
    internal bool Writes { get; }

    /// <summary>Reads, within the transaction.</summary>
    public static Operation Get(KeyRange range, GetOptions? options = null) =>
        new(writes: false, prefix => new RequestOp { RequestRange = Requests.Range(prefix, range, options) });

    /// <summary>Writes. One key may be written once per branch.</summary>
    public static Operation Put(EtcdBytes key, EtcdBytes value, PutOptions? options = null) =>
        new(writes: true, prefix => new RequestOp { RequestPut = Requests.Put(prefix, key, value, options) });

    /// <summary>Deletes.</summary>
    public static Operation Delete(KeyRange range, DeleteOptions? options = null) =>
        new(writes: true, prefix => new RequestOp { RequestDeleteRange = Requests.Delete(prefix, range, options) });

    /// <summary>
    /// A transaction of its own within this one. Its reads see what the steps before it wrote; its conditions do not: all
    /// conditions are decided before the first step.
    /// </summary>
    public static Operation Nested(Transaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return new(transaction.Writes, prefix => new RequestOp { RequestTxn = transaction.ToMessage(prefix) });
    }

    internal RequestOp ToMessage(KeyPrefix prefix) => build(prefix);
}
