namespace EtcdSharp.Raft;

/// <summary>How the leader sends to a follower.</summary>
public enum ProgressState
{
    /// <summary>One append at a time, to find out where the logs agree.</summary>
    Probe = 0,

    /// <summary>Optimistically, as many appends as the in-flight limits allow.</summary>
    Replicate,

    /// <summary>Nothing, until a snapshot has been received.</summary>
    Snapshot,
}
