using EtcdSharp.Raft;
using EtcdSharp.Server.Node;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Apply;

/// <summary>Log messages of applying, in etcd's words.</summary>
internal static partial class ApplyLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "applied a configuration change through raft")]
    public static partial void ConfigurationChanged(
        ILogger logger,
        string localMemberId,
        string raftConfChange,
        string raftConfChangeNodeId
    );

    [LoggerMessage(Level = LogLevel.Information, Message = "added member")]
    public static partial void MemberAdded(
        ILogger logger,
        string clusterId,
        string localMemberId,
        string addedPeerId,
        IReadOnlyList<string> addedPeerPeerUrls,
        bool addedPeerIsLearner
    );

    [LoggerMessage(Level = LogLevel.Information, Message = "promote member")]
    public static partial void MemberPromoted(ILogger logger, string clusterId, string localMemberId);

    [LoggerMessage(Level = LogLevel.Information, Message = "removed member")]
    public static partial void MemberRemoved(ILogger logger, string clusterId, string localMemberId, string removedRemotePeerId);

    [LoggerMessage(Level = LogLevel.Information, Message = "updated member")]
    public static partial void MemberUpdated(
        ILogger logger,
        string clusterId,
        string localMemberId,
        string updatedRemotePeerId,
        IReadOnlyList<string> updatedRemotePeerUrls
    );

    [LoggerMessage(Level = LogLevel.Error, Message = "refused configuration change {Type} of member {MemberId}: {Reason}")]
    public static partial void ConfigurationRefused(ILogger logger, ConfChangeType type, string memberId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "apply request took too long")]
    public static partial void SlowApply(ILogger logger, TimeSpan took, TimeSpan expectedDuration, RequestKind request);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the database exceeded its quota; raising the NOSPACE alarm")]
    public static partial void QuotaExceeded(ILogger logger);
}
