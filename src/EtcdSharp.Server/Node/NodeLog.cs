using EtcdSharp.Raft;
using EtcdSharp.Server.Membership;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Node;

/// <summary>What the write and read path tells the operator.</summary>
internal static partial class NodeLog
{
    public static void LeaderIs(ILogger logger, ulong member, ulong before, ulong now, ulong term)
    {
        var self = MemberIds.ToText(member);
        if (now == RaftIds.None)
        {
            LeaderLost(logger, self, MemberIds.ToText(before), term);
        }
        else if (before == RaftIds.None)
        {
            LeaderElected(logger, self, MemberIds.ToText(now), term);
        }
        else
        {
            LeaderChanged(logger, self, MemberIds.ToText(before), MemberIds.ToText(now), term);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "raft.node: {Member} elected leader {Leader} at term {Term}")]
    public static partial void LeaderElected(ILogger logger, string member, string leader, ulong term);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "raft.node: {Member} changed leader from {From} to {To} at term {Term}"
    )]
    public static partial void LeaderChanged(ILogger logger, string member, string from, string to, ulong term);

    [LoggerMessage(Level = LogLevel.Information, Message = "raft.node: {Member} lost leader {Leader} at term {Term}")]
    public static partial void LeaderLost(ILogger logger, string member, string leader, ulong term);

    [LoggerMessage(LogLevel.Information, "leadership transfer starting")]
    public static partial void TransferStarting(
        ILogger logger,
        string localMemberId,
        string currentLeaderMemberId,
        string transfereeMemberId
    );

    [LoggerMessage(LogLevel.Information, "leadership transfer finished")]
    public static partial void TransferFinished(ILogger logger, string localMemberId, string oldLeaderMemberId, TimeSpan took);

    [LoggerMessage(LogLevel.Information, "skip compaction since there is an inflight snapshot")]
    public static partial void LogHeld(ILogger logger);

    [LoggerMessage(LogLevel.Information, "applying snapshot")]
    public static partial void ApplyingSnapshot(
        ILogger logger,
        ulong currentAppliedIndex,
        ulong incomingLeaderSnapshotIndex,
        ulong incomingLeaderSnapshotTerm
    );

    [LoggerMessage(LogLevel.Information, "applied snapshot")]
    public static partial void AppliedSnapshot(
        ILogger logger,
        ulong currentAppliedIndex,
        ulong incomingLeaderSnapshotIndex,
        ulong incomingLeaderSnapshotTerm
    );

    [LoggerMessage(Level = LogLevel.Information, Message = "the leader is gone; another one is elected")]
    public static partial void LeaderGone(ILogger logger, string localMemberId, string leaderMemberId);

    [LoggerMessage(Level = LogLevel.Information, Message = "forcing restart member")]
    public static partial void ForcingNewCluster(
        ILogger logger,
        string clusterId,
        string localMemberId,
        ulong commitIndex,
        int discardedEntries
    );

    [LoggerMessage(LogLevel.Information, "Recovering from snapshot backend")]
    public static partial void RecoveringFromSnapshot(ILogger logger, ulong consistentIndex, ulong snapshotIndex);

    [LoggerMessage(LogLevel.Information, "applySnapshot: opened snapshot backend")]
    public static partial void OpenedSnapshotBackend(ILogger logger);

    [LoggerMessage(LogLevel.Information, "triggering snapshot")]
    public static partial void SnapshotTriggered(
        ILogger logger,
        string localMemberId,
        ulong localMemberAppliedIndex,
        ulong localMemberSnapshotIndex,
        ulong localMemberSnapshotCount,
        bool snapshotForced
    );

    [LoggerMessage(Level = LogLevel.Information, Message = "saved snapshot to disk")]
    public static partial void SnapshotSaved(ILogger logger, ulong snapshotIndex);

    [LoggerMessage(LogLevel.Information, "started to purge file")]
    public static partial void PurgeStarted(ILogger logger, string dir, string suffix, int max, TimeSpan interval);

    [LoggerMessage(LogLevel.Information, "purged")]
    public static partial void FilePurged(ILogger logger, string path);

    [LoggerMessage(LogLevel.Error, "failed to remove file")]
    public static partial void PurgeFailed(ILogger logger, string path, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "background work failed unexpectedly; it begins again after a pause")]
    public static partial void WorkFailed(ILogger logger, string part, TimeSpan pause, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "server error")]
    public static partial void ServerError(ILogger logger, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "data-dir used by this member must be removed")]
    public static partial void RemoveDataDirectory(ILogger logger, string dataDir, string advice);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "{Part} failed; the member stops because it can no longer keep what it acknowledges"
    )]
    public static partial void Fatal(ILogger logger, string part, Exception exception);
}
