using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Offline;

/// <summary>What a snapshot file is to become: the data directory of one member of a new cluster.</summary>
internal sealed record RestoreOptions
{
    public required string SnapshotPath { get; init; }

    public required string Name { get; init; }

    /// <summary>Must be empty or not exist.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Another place for the log, which must not exist; null for the usual one.</summary>
    public string? WalDirectory { get; init; }

    /// <summary>As <c>--initial-cluster</c> has it: <c>name=url,name=url</c>.</summary>
    public required string InitialCluster { get; init; }

    public required string ClusterToken { get; init; }

    /// <summary>The peer URLs of this member, separated by commas: the same as the cluster has under its name.</summary>
    public required string AdvertisePeerUrls { get; init; }

    /// <summary>For a file that was copied out of a data directory and so has no checksum at its end.</summary>
    public bool SkipHashCheck { get; init; }

    public long InitialMapBytes { get; init; } = BoltOptions.DefaultInitialMapBytes;

    /// <summary>
    /// How far the revision jumps ahead, so that clients that have seen more than the snapshot holds never see it go
    /// back; 0 leaves it. All revisions up to the new one then count as compacted, so that watches begin anew.
    /// </summary>
    public ulong RevisionBump { get; init; }
}
