namespace EtcdSharp.Raft;

/// <summary>The outcome of handing a message or a proposal to <see cref="RaftNode"/>.</summary>
public enum StepResult
{
    Ok = 0,

    /// <summary>Not accepted and without a trace: no leader, a transfer in progress, or too much uncommitted. Propose again later.</summary>
    ProposalDropped,

    /// <summary>A local message type came from outside; a peer that sends one is broken.</summary>
    LocalMessage,

    /// <summary>A response came from a member that is not in the configuration.</summary>
    PeerNotFound,
}
