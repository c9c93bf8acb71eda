namespace EtcdSharp.Raft;

/// <summary>What an <see cref="Entry"/> carries; the numbers are those of raftpb.</summary>
public enum EntryType
{
    /// <summary>Data of the state machine above, or nothing for the entry a new leader begins its term with.</summary>
    Normal = 0,

    /// <summary>An encoded <see cref="Raft.ConfChange"/>.</summary>
    ConfChange = 1,

    /// <summary>An encoded <see cref="Raft.ConfChangeV2"/>, or nothing: leave the joint configuration.</summary>
    ConfChangeV2 = 2,
}
