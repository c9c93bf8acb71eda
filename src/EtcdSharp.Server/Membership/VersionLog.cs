using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Membership;

/// <summary>What is told of the versions of the cluster and of the storage, in etcd's words.</summary>
internal static partial class VersionLog
{
    [LoggerMessage(LogLevel.Information, "set initial cluster version")]
    public static partial void Initial(ILogger logger, string clusterId, string localMemberId, string clusterVersion);

    [LoggerMessage(LogLevel.Information, "set cluster version from store")]
    public static partial void FromStore(ILogger logger, string clusterVersion);

    [LoggerMessage(LogLevel.Information, "enabled capabilities for version")]
    public static partial void CapabilitiesEnabled(ILogger logger, string clusterVersion);

    [LoggerMessage(LogLevel.Information, "updated cluster version")]
    public static partial void Updated(ILogger logger, string clusterId, string localMemberId, string from, string to);

    [LoggerMessage(LogLevel.Information, "Cluster version downgrade detected, forcing snapshot")]
    public static partial void Lowered(ILogger logger, string prevClusterVersion, string newClusterVersion);

    [LoggerMessage(LogLevel.Information, "cluster version differs from storage version.")]
    public static partial void StorageDiffers(ILogger logger, string clusterVersion, string storageVersion);

    [LoggerMessage(LogLevel.Information, "updated storage version")]
    public static partial void StorageUpdated(ILogger logger, string newStorageVersion);

    [LoggerMessage(LogLevel.Information, "The server is ready to downgrade")]
    public static partial void Ready(ILogger logger, string targetVersion, string serverVersion);

    [LoggerMessage(LogLevel.Error, "Cannot downgrade from cluster-version to downgrade-target")]
    public static partial void CannotLeaveClusterVersion(ILogger logger, string downgradeTarget, string clusterVersion);

    [LoggerMessage(LogLevel.Error, "Cannot downgrade from minimal-server-version to downgrade-target")]
    public static partial void CannotLeaveServerVersion(ILogger logger, string downgradeTarget, string minimalServerVersion);

    [LoggerMessage(LogLevel.Information, "the cluster has been downgraded")]
    public static partial void Downgraded(ILogger logger, string clusterVersion);

    [LoggerMessage(LogLevel.Warning, "remotes server has mismatching etcd version")]
    public static partial void NotThereYet(
        ILogger logger,
        string remoteMemberId,
        string currentServerVersion,
        string targetVersion
    );

    [LoggerMessage(LogLevel.Warning, "failed to cancel downgrade")]
    public static partial void CancelFailed(ILogger logger, string error);

    [LoggerMessage(LogLevel.Warning, "reject downgrade request")]
    public static partial void Rejected(ILogger logger, string error);

    [LoggerMessage(LogLevel.Information, "updating cluster version using v3 API")]
    public static partial void UpdatingClusterVersion(ILogger logger, string from, string to);

    [LoggerMessage(LogLevel.Information, "setting up initial cluster version using v3 API")]
    public static partial void SettingClusterVersion(ILogger logger, string clusterVersion);

    [LoggerMessage(LogLevel.Warning, "failed to update cluster version")]
    public static partial void ClusterVersionNotUpdated(ILogger logger, string error);

    [LoggerMessage(LogLevel.Information, "cluster version is updated")]
    public static partial void ClusterVersionUpdated(ILogger logger, string clusterVersion);
}
