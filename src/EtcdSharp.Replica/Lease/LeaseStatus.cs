namespace EtcdSharp.Replica.Lease;

/// <summary>How an operation on a lease ended; the edge maps it to etcd's error table.</summary>
internal enum LeaseStatus
{
    Done,
    NotFound,
    AlreadyExists,
    TtlTooLarge,
    NotPrimary,

    /// <summary>It has run out and its end is on its way through the log: no renewal may promise anything any more.</summary>
    Expired,
}
