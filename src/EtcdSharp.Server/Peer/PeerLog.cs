using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Peer;

/// <summary>What the traffic between members tells the operator.</summary>
internal static partial class PeerLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "added remote peer {PeerId} at {Urls}")]
    public static partial void PeerAdded(ILogger logger, string peerId, string urls);

    [LoggerMessage(Level = LogLevel.Information, Message = "removed remote peer {PeerId}")]
    public static partial void PeerRemoved(ILogger logger, string peerId);

    [LoggerMessage(Level = LogLevel.Information, Message = "peer became active: {PeerId}")]
    public static partial void PeerActive(ILogger logger, string peerId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "peer became inactive (message send to peer failed): {PeerId}: {Reason}")]
    public static partial void PeerInactive(ILogger logger, string peerId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "rejected a request of peer {PeerId}: {Reason}")]
    public static partial void PeerRejected(ILogger logger, string peerId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "request sent was ignored by remote peer {PeerId}: {Reason}")]
    public static partial void RequestIgnored(ILogger logger, string peerId, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "dropped internal Raft message {Type} to {PeerId} since sending buffer is full (overloaded network)"
    )]
    public static partial void MessageDropped(ILogger logger, Raft.MessageType type, string peerId);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "sending database snapshot at index {Index} to {PeerId}, {Bytes} bytes"
    )]
    public static partial void SendingSnapshot(ILogger logger, ulong index, string peerId, long bytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "sent database snapshot at index {Index} to {PeerId}, {Bytes} bytes")]
    public static partial void SentSnapshot(ILogger logger, ulong index, string peerId, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "failed to send database snapshot at index {Index} to {PeerId}: {Reason}")]
    public static partial void SendSnapshotFailed(ILogger logger, ulong index, string peerId, string reason);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "received and saved database snapshot at index {Index} from {PeerId}, {Bytes} bytes"
    )]
    public static partial void ReceivedSnapshot(ILogger logger, ulong index, string peerId, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "failed to save incoming database snapshot from {PeerId}: {Reason}")]
    public static partial void ReceiveSnapshotFailed(ILogger logger, string peerId, string reason);
}
