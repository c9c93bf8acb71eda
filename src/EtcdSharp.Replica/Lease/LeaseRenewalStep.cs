namespace EtcdSharp.Replica.Lease;

/// <summary>What stands between a lease and its renewal.</summary>
internal enum LeaseRenewalStep
{
    /// <summary>Nothing: finish it.</summary>
    Ready,

    /// <summary>The remaining time the cluster remembers must be cleared by a proposal first.</summary>
    ClearCheckpoint,

    /// <summary>The lease is past its expiry: wait until it is revoked or this member is no longer the primary.</summary>
    AwaitEnd,

    NotFound,

    NotPrimary,
}
