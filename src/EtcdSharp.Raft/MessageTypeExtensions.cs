namespace EtcdSharp.Raft;

public static class MessageTypeExtensions
{
    /// <summary>Local messages never cross the network; one that arrives from a peer is refused.</summary>
    public static bool IsLocal(this MessageType type) =>
        type
            is MessageType.MsgHup
                or MessageType.MsgBeat
                or MessageType.MsgUnreachable
                or MessageType.MsgSnapStatus
                or MessageType.MsgCheckQuorum
                or MessageType.MsgStorageAppend
                or MessageType.MsgStorageAppendResp
                or MessageType.MsgStorageApply
                or MessageType.MsgStorageApplyResp;

    /// <summary>Responses are heeded only when they come from a member of the configuration.</summary>
    public static bool IsResponse(this MessageType type) =>
        type
            is MessageType.MsgAppResp
                or MessageType.MsgVoteResp
                or MessageType.MsgHeartbeatResp
                or MessageType.MsgUnreachable
                or MessageType.MsgReadIndexResp
                or MessageType.MsgPreVoteResp
                or MessageType.MsgStorageAppendResp
                or MessageType.MsgStorageApplyResp;
}
