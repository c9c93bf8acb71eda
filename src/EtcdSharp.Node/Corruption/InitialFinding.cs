namespace EtcdSharp.Node.Corruption;

/// <summary>How a member that is about to start stands against one that runs.</summary>
internal enum InitialFinding
{
    Equal,

    /// <summary>Both have compacted at the same revision and differ: one of them is damaged.</summary>
    DifferentHash,

    /// <summary>The hashes differ, but so does what went into them.</summary>
    DifferentCompaction,

    /// <summary>The other member has not come so far yet.</summary>
    PeerBehind,

    /// <summary>The other member has compacted what this one is at.</summary>
    LocalBehind,

    OtherCluster,

    NoAnswer,
}
