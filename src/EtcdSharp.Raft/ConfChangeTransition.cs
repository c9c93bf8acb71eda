namespace EtcdSharp.Raft;

/// <summary>How a change of several members passes through a joint configuration; the numbers are those of raftpb.</summary>
public enum ConfChangeTransition
{
    /// <summary>Directly when one voter changes at most, else through a joint configuration that leaves by itself.</summary>
    Auto = 0,

    /// <summary>Through a joint configuration that the leader leaves by itself.</summary>
    JointImplicit = 1,

    /// <summary>Through a joint configuration that stays until an empty change is proposed.</summary>
    JointExplicit = 2,
}
