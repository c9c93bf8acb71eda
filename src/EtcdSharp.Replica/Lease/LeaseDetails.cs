namespace EtcdSharp.Replica.Lease;

/// <summary>What a client may ask about one lease.</summary>
/// <param name="Remaining">Time until expiry; negative when the lease is past it and waits to be revoked.</param>
/// <param name="Keys">The attached keys in ascending order; empty unless asked for.</param>
/// <param name="IsDemoted">The lessor is not the primary, so the remaining time means nothing.</param>
internal sealed record LeaseDetails(long Id, long GrantedTtlSeconds, TimeSpan Remaining, byte[][] Keys, bool IsDemoted);
