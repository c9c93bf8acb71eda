namespace EtcdSharp.Raft;

/// <summary>Member ids with a meaning of their own.</summary>
public static class RaftIds
{
    /// <summary>No member: no leader, no vote given.</summary>
    public const ulong None = 0;

    /// <summary>The target of <see cref="MessageType.MsgStorageAppend"/> and the sender of its response.</summary>
    public const ulong LocalAppendThread = ulong.MaxValue;

    /// <summary>The target of <see cref="MessageType.MsgStorageApply"/> and the sender of its response.</summary>
    public const ulong LocalApplyThread = ulong.MaxValue - 1;

    public static bool IsLocalThread(ulong id) => id is LocalAppendThread or LocalApplyThread;
}
