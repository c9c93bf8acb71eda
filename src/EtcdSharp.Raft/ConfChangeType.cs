namespace EtcdSharp.Raft;

/// <summary>One step of a membership change; the numbers are those of raftpb.</summary>
public enum ConfChangeType
{
    /// <summary>A new voter, or a learner promoted.</summary>
    AddNode = 0,
    RemoveNode = 1,

    /// <summary>Changes nothing here: the state machine above updates what it knows of the member.</summary>
    UpdateNode = 2,

    /// <summary>A new learner, or a voter demoted.</summary>
    AddLearnerNode = 3,
}
