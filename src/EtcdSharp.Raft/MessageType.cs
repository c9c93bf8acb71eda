namespace EtcdSharp.Raft;

/// <summary>The kinds of <see cref="Message"/>; names and numbers are those of raftpb.</summary>
public enum MessageType
{
    /// <summary>Local: start an election.</summary>
    MsgHup = 0,

    /// <summary>Local: the leader's heartbeat is due.</summary>
    MsgBeat = 1,

    /// <summary>A proposal, forwarded to the leader where needed.</summary>
    MsgProp = 2,

    /// <summary>AppendEntries of the Raft paper, figure 2.</summary>
    MsgApp = 3,
    MsgAppResp = 4,

    /// <summary>RequestVote of the Raft paper, figure 2.</summary>
    MsgVote = 5,
    MsgVoteResp = 6,

    /// <summary>InstallSnapshot of the Raft paper, figure 13, in one piece.</summary>
    MsgSnap = 7,
    MsgHeartbeat = 8,
    MsgHeartbeatResp = 9,

    /// <summary>Local: the last message to a peer was not delivered.</summary>
    MsgUnreachable = 10,

    /// <summary>Local: a snapshot was handed over to a peer, or failed to be.</summary>
    MsgSnapStatus = 11,

    /// <summary>Local: has the leader heard from a quorum?</summary>
    MsgCheckQuorum = 12,

    /// <summary>Hand leadership over to the sender (Raft thesis, section 3.10).</summary>
    MsgTransferLeader = 13,

    /// <summary>Campaign at once: the end of a leadership transfer.</summary>
    MsgTimeoutNow = 14,

    /// <summary>A read asks for the index it must wait for (Raft thesis, section 6.4).</summary>
    MsgReadIndex = 15,
    MsgReadIndexResp = 16,

    /// <summary>A vote on trial (Raft thesis, section 9.6).</summary>
    MsgPreVote = 17,
    MsgPreVoteResp = 18,

    /// <summary>Local: entries, hard state and snapshot for the append thread.</summary>
    MsgStorageAppend = 19,
    MsgStorageAppendResp = 20,

    /// <summary>Local: committed entries for the apply thread.</summary>
    MsgStorageApply = 21,
    MsgStorageApplyResp = 22,

    /// <summary>Local: forget the leader, so that this member may vote for another.</summary>
    MsgForgetLeader = 23,
}
