using EtcdSharp.Server.Edge.Listening;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Configuration;

/// <summary>The options of a member from the configuration of the program.</summary>
internal static class MemberOptionsFactory
{
    public static MemberOptions Create(EtcdConfiguration configuration, ILoggerFactory logging) =>
        new()
        {
            Name = configuration.Name,
            DataDirectory = configuration.DataDirectory,
            WalDirectory = configuration.WalDirectory is { Length: > 0 } wal ? wal : null,
            ListenClientUrls = Texts(configuration.ListenClientUrls),
            ListenClientHttpUrls = Texts(configuration.ListenClientHttpUrls),
            ListenMetricsUrls = Texts(configuration.ListenMetricsUrls),
            Cors = configuration.Cors,
            HostWhitelist = configuration.HostWhitelist,
            AdvertiseClientUrls = Texts(configuration.AdvertiseClientUrls),
            ListenPeerUrls = Texts(configuration.ListenPeerUrls),
            AdvertisePeerUrls = Texts(configuration.AdvertisePeerUrls),
            InitialCluster = [.. configuration.InitialMembers()],
            InitialClusterToken = configuration.InitialClusterToken,
            NewCluster = configuration.NewCluster,
            ForceNewCluster = configuration.ForceNewCluster,
            DiscoveryEndpoints = configuration.DiscoveryEndpoints,
            DiscoveryToken = configuration.DiscoveryToken,
            DiscoveryDialTimeout = configuration.DiscoveryDialTimeout,
            DiscoveryRequestTimeout = configuration.DiscoveryRequestTimeout,
            DiscoverySrv = configuration.DiscoverySrv,
            DiscoverySrvName = configuration.DiscoverySrvName,
            EmulatedVersion = configuration.EmulatedVersion,
            HeartbeatMs = configuration.HeartbeatMilliseconds,
            ElectionMs = configuration.ElectionMilliseconds,
            PeerReadTimeout = configuration.RaftReadTimeout,
            PeerWriteTimeout = configuration.RaftWriteTimeout,
            InitialElectionTickAdvance = configuration.InitialElectionTickAdvance,
            PreVote = configuration.PreVote,
            StrictReconfigCheck = configuration.StrictReconfigCheck,
            MaxLearners = configuration.MaxLearners,
            SnapshotCount = configuration.SnapshotCount,
            SnapshotCatchUpEntries = configuration.SnapshotCatchUpEntries,
            MaxSnapshotFiles = configuration.MaxSnapshots,
            MaxWalFiles = configuration.MaxWals,
            QuotaBackendBytes = configuration.QuotaBackendBytes,
            BackendBatchIntervalMs = (int)configuration.BackendBatchInterval.TotalMilliseconds,
            BackendBatchLimit = configuration.BackendBatchLimit,
            AuthToken = configuration.AuthToken,
            AuthTokenTtl = configuration.AuthTokenTtl,
            BcryptCost = configuration.BcryptCost,
            MaxTxnOperations = configuration.MaxTxnOperations,
            MaxRequestBytes = configuration.MaxRequestBytes,
            MaxConcurrentStreams = (int)Math.Min(configuration.MaxConcurrentStreams, int.MaxValue),
            KeepAlive = new KeepAlivePolicy
            {
                MinTime = configuration.KeepAliveMinTime,
                Interval = configuration.KeepAliveInterval,
                Timeout = configuration.KeepAliveTimeout,
            },
            AutoCompactionMode = configuration.AutoCompactionMode,
            AutoCompactionRetention = configuration.AutoCompactionRetention,
            CompactionBatchLimit = configuration.CompactionBatchLimit,
            CompactionSleepMs = (int)configuration.CompactionSleepInterval.TotalMilliseconds,
            WatchProgressInterval = configuration.WatchProgressNotifyInterval,
            WarningApplyMs = (int)configuration.WarningApplyDuration.TotalMilliseconds,
            WarningUnaryRequestDuration = configuration.WarningUnaryRequestDuration,
            BootstrapDefragThresholdMegabytes = configuration.BootstrapDefragThresholdMegabytes,
            CorruptCheckTime = configuration.CorruptCheckTime,
            DowngradeCheckTime = configuration.DowngradeCheckTime,
            CompactHashCheckTime = configuration.CompactHashCheckTime,
            FeatureGates = configuration.FeatureGates.ToString(),
            UnsafeNoFsync = configuration.UnsafeNoFsync,
            SocketReusePort = configuration.SocketReusePort,
            SocketReuseAddress = configuration.SocketReuseAddress,
            ExtensiveMetrics = configuration.ExtensiveMetrics,
            Logging = logging,
        };

    private static string[] Texts(IReadOnlyList<EtcdUrl> urls) => [.. urls.Select(url => url.Text)];
}
