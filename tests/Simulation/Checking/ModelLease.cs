namespace EtcdSharp.Simulation.Checking;

internal sealed class ModelLease(long id, long ttlSeconds, ulong grantedAt)
{
    public long Id { get; } = id;

    public long TtlSeconds { get; } = ttlSeconds;

    public ulong GrantedAt { get; } = grantedAt;

    /// <summary>The log index of its revocation; the maximum while it lives.</summary>
    public ulong RevokedAt { get; set; } = ulong.MaxValue;

    public SortedSet<string> Keys { get; } = new(StringComparer.Ordinal);
}
