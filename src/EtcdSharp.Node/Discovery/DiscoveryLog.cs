using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Discovery;

/// <summary>What a member tells while it looks for the others.</summary>
internal static partial class DiscoveryLog
{
    [LoggerMessage(LogLevel.Information, "got bootstrap from DNS for etcd-server")]
    public static partial void FoundByDns(ILogger logger, string discoverySrv, string foundCluster);

    [LoggerMessage(LogLevel.Information, "register member itself successfully")]
    public static partial void Registered(ILogger logger, string memberKey, string memberInfo);

    [LoggerMessage(LogLevel.Information, "waiting for peers from discovery service")]
    public static partial void Waiting(ILogger logger, int clusterSize, int foundPeers);

    [LoggerMessage(LogLevel.Information, "discovery joined cluster successfully")]
    public static partial void Joined(ILogger logger, string cluster);

    [LoggerMessage(LogLevel.Warning, "retry connecting to discovery service")]
    public static partial void Retrying(ILogger logger, string reason, TimeSpan backoff);
}
