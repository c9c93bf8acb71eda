namespace EtcdSharp.Raft.Core;

internal enum Campaign
{
    /// <summary>On trial: the term is raised only when a quorum would vote (Raft thesis, section 9.6).</summary>
    PreElection = 0,

    Election,

    /// <summary>At the leader's wish: voters must not hold the leader's lease against it.</summary>
    Transfer,
}
