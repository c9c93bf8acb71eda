using EtcdSharp.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Logging;

/// <summary>The first and the last lines of a program's log.</summary>
internal static partial class StartLog
{
    public static void Notices(ILogger logger, IReadOnlyList<ConfigurationNotice> notices)
    {
        foreach (var notice in notices)
        {
            KeyValuePair<string, object?>[] fields =
            [
                .. notice.Fields.Select(field => new KeyValuePair<string, object?>(field.Name, field.Value)),
            ];
            logger.Log(notice.Warning ? LogLevel.Warning : LogLevel.Information, default, fields, null, (_, _) => notice.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "Running: ")]
    public static partial void Running(ILogger logger, IReadOnlyList<string> args);

    [LoggerMessage(LogLevel.Information, "starting an etcd server")]
    public static partial void Starting(
        ILogger logger,
        string etcdVersion,
        string etcdsharpVersion,
        string dotnetVersion,
        int maxCpuAvailable,
        string name,
        string dataDir,
        IReadOnlyList<string> listenClientUrls,
        IReadOnlyList<string> advertiseClientUrls,
        long quotaBackendBytes,
        ulong snapshotCount
    );

    [LoggerMessage(LogLevel.Information, "serving client traffic insecurely; this is strongly discouraged!")]
    public static partial void ServingInsecurely(ILogger logger, string address);

    [LoggerMessage(LogLevel.Information, "published local member to cluster through raft")]
    public static partial void Published(ILogger logger, string localMemberId, string localMemberAttributes, string clusterId);

    [LoggerMessage(LogLevel.Information, "defragmenting the store before the start, which frees space")]
    public static partial void Defragmenting(ILogger logger, long sizeBytes, long inUseBytes, ulong thresholdMegabytes);

    [LoggerMessage(LogLevel.Information, "setting up initial cluster version using v3 API")]
    public static partial void SettingClusterVersion(ILogger logger, string clusterVersion);

    [LoggerMessage(LogLevel.Information, "updating cluster version using v3 API")]
    public static partial void UpdatingClusterVersion(ILogger logger, string from, string to);

    [LoggerMessage(LogLevel.Warning, "failed to update cluster version")]
    public static partial void ClusterVersionNotUpdated(ILogger logger, string error);

    [LoggerMessage(LogLevel.Information, "cluster version is updated")]
    public static partial void ClusterVersionUpdated(ILogger logger, string clusterVersion);

    [LoggerMessage(LogLevel.Information, "ready to serve client requests")]
    public static partial void Ready(ILogger logger);

    [LoggerMessage(LogLevel.Information, "received signal; shutting down")]
    public static partial void Signal(ILogger logger, string signal);

    [LoggerMessage(LogLevel.Information, "closed etcd server")]
    public static partial void Closed(ILogger logger, string name, string dataDir);

    [LoggerMessage(LogLevel.Critical, "failed to start etcd")]
    public static partial void Failed(ILogger logger, string error);

    [LoggerMessage(LogLevel.Critical, "the member cannot go on")]
    public static partial void Abandoned(ILogger logger, string part, string error);

    [LoggerMessage(LogLevel.Critical, "unexpected failure; the member ends")]
    public static partial void Unexpected(ILogger logger, Exception? exception);

    [LoggerMessage(LogLevel.Error, "a background task failed and nothing waited for it")]
    public static partial void Unobserved(ILogger logger, Exception exception);
}
