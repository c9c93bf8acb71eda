using Microsoft.Extensions.Logging;

namespace EtcdSharp.Edge.Grpc;

/// <summary>What operators ask of one member over the network, in etcd's words and fields.</summary>
internal static partial class MaintenanceLog
{
    [LoggerMessage(LogLevel.Information, "starting defragment")]
    public static partial void DefragmentStarting(ILogger logger);

    [LoggerMessage(LogLevel.Information, "finished defragment")]
    public static partial void DefragmentFinished(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "failed to defragment")]
    public static partial void DefragmentFailed(ILogger logger, string error);

    [LoggerMessage(LogLevel.Information, "grpc service status changed")]
    public static partial void Serving(ILogger logger, string service, string status);

    [LoggerMessage(LogLevel.Warning, "grpc service status changed")]
    public static partial void NotServing(ILogger logger, string service, string status, string reason);

    [LoggerMessage(LogLevel.Information, "sending database snapshot to client")]
    public static partial void SendingSnapshot(ILogger logger, long totalBytes, string size, string storageVersion);

    [LoggerMessage(LogLevel.Information, "sending database sha256 checksum to client")]
    public static partial void SendingChecksum(ILogger logger, long totalBytes, int checksumSize);

    [LoggerMessage(LogLevel.Information, "successfully sent database snapshot to client")]
    public static partial void SentSnapshot(ILogger logger, long totalBytes, string size, TimeSpan took, string storageVersion);
}
