namespace EtcdSharp.Simulation.Faults;

/// <summary>Defects that a run can be given, to see that it would notice them. All are planted around the real objects, none is in them.</summary>
internal enum Defect
{
    None,

    /// <summary>A follower answers an append before it is on its disk.</summary>
    AckBeforeSync,

    /// <summary>A leader counts its own append before it is on its disk; a single member loses writes (etcd issue 14370).</summary>
    OwnAckBeforeSync,

    /// <summary>Syncs of the log report success and do nothing.</summary>
    LogSyncDoesNothing,

    /// <summary>Term and vote are not written to the log.</summary>
    VoteNotStored,

    /// <summary>A learner's vote counts as that of a voter.</summary>
    LearnerVoteCounts,

    /// <summary>A leader answers a read with its commit index, without asking anyone and whatever its term.</summary>
    ReadIndexWithoutRound,

    /// <summary>A linearizable read is served without any barrier.</summary>
    ReadWithoutBarrier,

    /// <summary>Reads rest on the leader's lease although processes pause (etcd issue 20418).</summary>
    StaleReadAfterPause,

    /// <summary>A member swaps two neighbouring entries.</summary>
    AppliedOutOfOrder,

    /// <summary>A member applies the last entry again after a restart.</summary>
    AppliedTwice,

    /// <summary>The applied index gets to the disk before the entry's changes (etcd issue 13766).</summary>
    IndexBeforeChanges,

    /// <summary>A member carries out a compare-and-swap whatever the comparison says.</summary>
    CompareIgnored,

    /// <summary>A deletion is taken off the disk together with compacted revisions.</summary>
    DeleteLostByCompaction,

    /// <summary>After a restart the store forgets what was compacted, and its revision goes back (etcd issue 17780).</summary>
    RevisionGoesBack,

    /// <summary>A defragmentation is not durable when the file takes its name (etcd issue 14685).</summary>
    DefragmentationNotSynced,

    /// <summary>A member reads a compacted revision inside a transaction that the others refuse (etcd issue 18667).</summary>
    TxnReadsCompacted,

    /// <summary>A snapshot brings an older store than it says.</summary>
    OlderSnapshotRestored,

    /// <summary>A received store is not on the disk when it takes the place of the member's own (etcd issue 20271).</summary>
    ReceivedStoreNotSynced,

    /// <summary>A second snapshot takes away what the first needs (etcd issue 18055).</summary>
    SnapshotReleasesTooMuch,

    /// <summary>What was held in memory is not read again after a snapshot (etcd issue 14571).</summary>
    StateNotRefreshed,

    /// <summary>The commit index of an installed snapshot is not synced.</summary>
    SnapshotCommitNotSynced,

    /// <summary>A member does not know after a restart that a file has reached its quota.</summary>
    AlarmForgotten,

    /// <summary>Progress is told that the stream has not reached (etcd issue 15220).</summary>
    ProgressAheadOfStream,

    /// <summary>A watch of the future gets progress of the present (etcd issue 20221).</summary>
    ProgressBeforeStart,

    /// <summary>A watch that goes on at a member that lags begins there at its present (etcd issues 15271 and 20221).</summary>
    WatchGoesBack,

    /// <summary>An event comes twice (etcd issue 17247).</summary>
    WatchEventTwice,

    /// <summary>Events of a slow stream are dropped (etcd issue 17529).</summary>
    SlowWatchLosesEvents,

    /// <summary>A deletion at the compacted revision is taken off the disk, and watches from there miss it (etcd issue 18089).</summary>
    DeleteAtCompactionLost,

    /// <summary>A watch opened at the compacted revision begins after it (etcd issue 19179).</summary>
    WatchSkipsCompactedRevision,

    /// <summary>Events of one revision come in two responses.</summary>
    WatchTearsRevision,

    /// <summary>Leases expire some seconds early.</summary>
    LeaseExpiresEarly,

    /// <summary>A leader renews a lease without making sure that it leads still (etcd issue 15247).</summary>
    RenewalByStaleLeader,

    /// <summary>Leases that were due on a former leader are revoked through the new one.</summary>
    RevocationByFormerLeader,
}
