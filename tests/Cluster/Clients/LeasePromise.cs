namespace EtcdSharp.Cluster.Clients;

/// <summary>A grant or a renewal was answered: the key with the lease stays for the time to live from when the call began.</summary>
internal sealed record LeasePromise(long LeaseId, string Key, string Member, long InvokedAt, long AnsweredAt, long TtlSeconds)
{
    public long KeptUntil => InvokedAt + (TtlSeconds * 1_000_000_000);
}
