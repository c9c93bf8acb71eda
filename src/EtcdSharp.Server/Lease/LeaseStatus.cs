namespace EtcdSharp.Server.Lease;

/// <summary>How an operation on a lease ended; the edge maps it to etcd's error table.</summary>
internal enum LeaseStatus
{
    Done,
    NotFound,
    AlreadyExists,
    TtlTooLarge,
    NotPrimary,
}
