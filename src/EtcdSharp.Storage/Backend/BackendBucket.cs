namespace EtcdSharp.Storage.Backend;

/// <summary>The buckets of the backend file. Their names are in <see cref="BucketNames"/>, their key layouts in the classes of this room.</summary>
internal enum BackendBucket
{
    Key,
    Meta,
    Lease,
    Alarm,
    Cluster,
    Members,
    MembersRemoved,
    Auth,
    AuthUsers,
    AuthRoles,
}
