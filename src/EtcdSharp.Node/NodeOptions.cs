namespace EtcdSharp.Node;

/// <summary>The parameters of the write and read path; the names and defaults are those of etcd's flags.</summary>
internal sealed record NodeOptions
{
    public int HeartbeatMs { get; init; } = 100;

    public int ElectionMs { get; init; } = 1000;

    public bool PreVote { get; init; } = true;

    /// <summary>Whether a member that runs alone may skip the wait for its first election (--initial-election-tick-advance).</summary>
    public bool ElectionTickAdvance { get; init; } = true;

    /// <summary>Bytes of an encoded request beyond which it is refused.</summary>
    public int MaxRequestBytes { get; init; } = 1536 * 1024;

    /// <summary>Applied entries between two snapshots on disk.</summary>
    public ulong SnapshotCount { get; init; } = 10_000;

    /// <summary>Entries kept in memory behind a snapshot, for members that lag a little.</summary>
    public ulong SnapshotCatchUpEntries { get; init; } = 5_000;

    /// <summary>Refuses changes of the membership that would leave it without a working quorum.</summary>
    public bool StrictReconfigCheck { get; init; } = true;

    /// <summary>Entry bytes per append message; etcd's figure.</summary>
    public ulong MaxSizePerMessage { get; init; } = 1024 * 1024;

    /// <summary>Appends to a member that it has not answered; etcd's figure.</summary>
    public int MaxInflightMessages { get; init; } = 512;

    /// <summary>Bytes of committed entries on their way to the apply loop: some batches of the raft loop.</summary>
    public ulong MaxCommittedBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Requests of this member in flight at once, a power of two: six times as many as the applied index may lag behind (5000 entries).</summary>
    public int RequestsMax { get; init; } = 32768;

    public int MaxSnapshotFiles { get; init; } = 5;

    public int MaxWalFiles { get; init; } = 5;

    /// <summary>Leaves out the short way that a member running alone has for linearizable reads.</summary>
    public bool AlwaysAskReadIndex { get; init; }

    public NodeMetrics Metrics { get; init; } = NodeMetrics.Unheard;

    /// <summary>Null in production.</summary>
    public NodeSimulation? Simulation { get; init; }

    public int ElectionTicks => Math.Max(ElectionMs / HeartbeatMs, 2);

    /// <summary>Five seconds for queues and the disk, and two election timeouts in case a leader must be found first.</summary>
    public TimeSpan RequestTimeout => TimeSpan.FromMilliseconds(5000 + (2 * ElectionMs));
}
