namespace EtcdSharp.Storage.Backend;

/// <summary>etcd's bucket names, by <see cref="BackendBucket"/>.</summary>
internal static class BucketNames
{
    public const int Count = 10;

    public static ReadOnlySpan<byte> Of(BackendBucket bucket) =>
        bucket switch
        {
            BackendBucket.Key => "key"u8,
            BackendBucket.Meta => "meta"u8,
            BackendBucket.Lease => "lease"u8,
            BackendBucket.Alarm => "alarm"u8,
            BackendBucket.Cluster => "cluster"u8,
            BackendBucket.Members => "members"u8,
            BackendBucket.MembersRemoved => "members_removed"u8,
            BackendBucket.Auth => "auth"u8,
            BackendBucket.AuthUsers => "authUsers"u8,
            BackendBucket.AuthRoles => "authRoles"u8,
            _ => throw new ArgumentOutOfRangeException(nameof(bucket), bucket, "no such bucket"),
        };
}
