namespace EtcdSharp.Raft;

/// <summary>The steps that a trace checker (for example against the TLA+ model of Raft) wants to see.</summary>
public enum RaftTraceEvent
{
    InitState = 0,
    BecomeCandidate,
    BecomeFollower,
    BecomeLeader,
    Commit,
    Replicate,
    ChangeConf,
    ApplyConfChange,
    Ready,
    Send,
    Receive,
}
