using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Peers;

/// <summary>What the traffic between members tells the operator, in etcd's words.</summary>
internal static partial class PeerLog
{
    [LoggerMessage(LogLevel.Information, "added remote peer")]
    public static partial void PeerAdded(
        ILogger logger,
        string localMemberId,
        string remotePeerId,
        IReadOnlyList<string> remotePeerUrls
    );

    [LoggerMessage(LogLevel.Information, "removed remote peer")]
    public static partial void PeerRemoved(ILogger logger, string localMemberId, string removedRemotePeerId);

    [LoggerMessage(LogLevel.Information, "peer became active")]
    public static partial void PeerActive(ILogger logger, string peerId);

    [LoggerMessage(LogLevel.Warning, "peer became inactive (message send to peer failed)")]
    public static partial void PeerInactive(ILogger logger, string peerId, string error);

    [LoggerMessage(LogLevel.Information, "established TCP streaming connection with remote peer")]
    public static partial void StreamEstablished(
        ILogger logger,
        string streamReaderType,
        string localMemberId,
        string remotePeerId
    );

    [LoggerMessage(LogLevel.Warning, "lost TCP streaming connection with remote peer")]
    public static partial void StreamLost(
        ILogger logger,
        string streamReaderType,
        string localMemberId,
        string remotePeerId,
        string error
    );

    [LoggerMessage(LogLevel.Warning, "rejected message from remote peer because it was removed")]
    public static partial void RemovedPeerRejected(ILogger logger, string localMemberId, string removedRemotePeerId);

    [LoggerMessage(LogLevel.Warning, "a member of the cluster says that this one was removed, and no other one speaks with it")]
    public static partial void RemovalTold(ILogger logger, string localMemberId, string remotePeerId);

    [LoggerMessage(LogLevel.Warning, "rejected request from remote peer")]
    public static partial void PeerRejected(ILogger logger, string localMemberId, string remotePeerId, string reason);

    [LoggerMessage(LogLevel.Warning, "request cluster ID mismatch")]
    public static partial void ClusterIdMismatch(
        ILogger logger,
        string localMemberId,
        string localMemberClusterId,
        string remotePeerId,
        string remotePeerClusterId
    );

    [LoggerMessage(LogLevel.Warning, "failed to check version compatibility")]
    public static partial void VersionMismatch(
        ILogger logger,
        string localMemberId,
        string localMemberServerVersion,
        string remotePeerId,
        string remotePeerServerVersion,
        string remotePeerServerMinimumClusterVersion
    );

    [LoggerMessage(LogLevel.Warning, "request sent was ignored by remote peer due to cluster ID mismatch")]
    public static partial void IgnoredForClusterId(ILogger logger, string remotePeerId, string localMemberId, string error);

    [LoggerMessage(LogLevel.Warning, "request sent was ignored by remote peer due to server version incompatibility")]
    public static partial void IgnoredForVersion(ILogger logger, string localMemberId, string remotePeerId, string error);

    [LoggerMessage(LogLevel.Warning, "dropped internal Raft message since sending buffer is full (overloaded network)")]
    public static partial void MessageDropped(ILogger logger, string messageType, string localMemberId, string remotePeerId);

    [LoggerMessage(
        LogLevel.Warning,
        "leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk"
    )]
    public static partial void HeartbeatLate(
        ILogger logger,
        string to,
        TimeSpan heartbeatInterval,
        TimeSpan expectedDuration,
        TimeSpan exceededDuration
    );

    [LoggerMessage(LogLevel.Information, "sending database snapshot")]
    public static partial void SendingSnapshot(ILogger logger, ulong snapshotIndex, string remotePeerId, long bytes);

    [LoggerMessage(LogLevel.Information, "sent database snapshot")]
    public static partial void SentSnapshot(ILogger logger, ulong snapshotIndex, string remotePeerId, long bytes);

    [LoggerMessage(LogLevel.Warning, "failed to send database snapshot")]
    public static partial void SendSnapshotFailed(
        ILogger logger,
        ulong snapshotIndex,
        string remotePeerId,
        long bytes,
        string error
    );

    [LoggerMessage(LogLevel.Information, "receiving database snapshot")]
    public static partial void ReceivingSnapshot(ILogger logger, string remoteSnapshotSenderId, ulong incomingSnapshotIndex);

    [LoggerMessage(LogLevel.Information, "received and saved database snapshot")]
    public static partial void ReceivedSnapshot(
        ILogger logger,
        string remoteSnapshotSenderId,
        ulong incomingSnapshotIndex,
        long incomingSnapshotSizeBytes,
        TimeSpan downloadTook
    );

    [LoggerMessage(LogLevel.Warning, "failed to save incoming database snapshot")]
    public static partial void ReceiveSnapshotFailed(ILogger logger, string remoteSnapshotSenderId, string error);
}
