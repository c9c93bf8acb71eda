namespace EtcdSharp.Raft;

/// <summary>How a leader makes sure that it still leads before it answers a read (Raft thesis, section 6.4).</summary>
public enum ReadOnlyMode
{
    /// <summary>A quorum answers a heartbeat sent after the read arrived. Needs no clock.</summary>
    Safe = 0,

    /// <summary>
    /// The lease that check-quorum keeps suffices (thesis 6.4.1): faster, but wrong when clocks drift without bound.
    /// Requires <see cref="RaftConfig.CheckQuorum"/>.
    /// </summary>
    LeaseBased,
}
