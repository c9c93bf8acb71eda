namespace EtcdSharp.Cluster.Faults;

internal enum FaultKind
{
    LeaderKilled,
    FollowerKilled,
    LeaderPaused,
    FollowerPaused,

    /// <summary>The leader on the side of a minority, alone or among five members with another one.</summary>
    LeaderParted,

    /// <summary>A minority of followers on one side.</summary>
    MinorityParted,

    /// <summary>No side has a majority.</summary>
    MajorityLost,

    /// <summary>The others do not hear the leader.</summary>
    LeaderUnheard,

    /// <summary>The leader does not hear the others.</summary>
    LeaderDeaf,

    /// <summary>One follower is not heard.</summary>
    FollowerUnheard,

    /// <summary>The leader stands still, the others go on, and it wakes up cut off from them.</summary>
    LeaderPausedAndParted,

    /// <summary>Every message between members takes longer.</summary>
    SlowNetwork,

    /// <summary>Every connection between members ends, and may be made anew.</summary>
    ConnectionsTorn,

    /// <summary>Every sync of one member takes 50 ms.</summary>
    SlowDisk,

    /// <summary>The disk of one member is full.</summary>
    FullDisk,

    /// <summary>All members are killed and started again.</summary>
    AllKilled,
}
