namespace EtcdSharp.Node.Corruption;

/// <summary>What the leader holds against a member.</summary>
internal enum PeriodicFinding
{
    /// <summary>The leader's own hash of the same revision has changed while it looked.</summary>
    OwnHashChanged,

    /// <summary>The member has revisions that the leader does not.</summary>
    RevisionAhead,

    /// <summary>The member has compacted what the leader has not.</summary>
    CompactionAhead,

    /// <summary>Same revision, same compaction, another hash.</summary>
    DifferentHash,
}
