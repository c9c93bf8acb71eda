namespace EtcdSharp.Storage.Backend;

/// <summary>The keys of the buckets that hold single facts.</summary>
internal static class MetaKeys
{
    public static ReadOnlySpan<byte> ConsistentIndex => "consistent_index"u8;

    public static ReadOnlySpan<byte> Term => "term"u8;

    public static ReadOnlySpan<byte> ConfState => "confState"u8;

    public static ReadOnlySpan<byte> StorageVersion => "storageVersion"u8;

    public static ReadOnlySpan<byte> ScheduledCompaction => "scheduledCompactRev"u8;

    public static ReadOnlySpan<byte> FinishedCompaction => "finishedCompactRev"u8;

    /// <summary>In the cluster bucket.</summary>
    public static ReadOnlySpan<byte> ClusterVersion => "clusterVersion"u8;

    /// <summary>In the cluster bucket.</summary>
    public static ReadOnlySpan<byte> Downgrade => "downgrade"u8;

    /// <summary>In the auth bucket.</summary>
    public static ReadOnlySpan<byte> AuthEnabled => "authEnabled"u8;

    /// <summary>In the auth bucket.</summary>
    public static ReadOnlySpan<byte> AuthRevision => "authRevision"u8;
}
