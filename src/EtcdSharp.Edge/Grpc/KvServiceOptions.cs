namespace EtcdSharp.Edge.Grpc;

internal sealed record KvServiceOptions
{
    /// <summary>Operations per level of a transaction (--max-txn-ops).</summary>
    public int MaxTxnOperations { get; init; } = 128;

    /// <summary>What the chunks of a RangeStream aim at.</summary>
    public int MaxRequestBytes { get; init; } = 1536 * 1024;
}
