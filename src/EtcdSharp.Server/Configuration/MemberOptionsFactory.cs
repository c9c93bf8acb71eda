using EtcdSharp.Edge.Listening;
using EtcdSharp.Platform.Network;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Configuration;

/// <summary>The options of a member from the configuration of the program.</summary>
internal static class MemberOptionsFactory
{
    /// <summary>The longest time that the runtime's timers take, 24.8 days. What is to happen more rarely happens then.</summary>
    private static readonly TimeSpan s_timerMax = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>The shortest pause between two pings, and the shortest wait for an answer, as in etcd.</summary>
    private static readonly TimeSpan s_pingMin = TimeSpan.FromSeconds(1);

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
            DiscoveryDialTimeout = ForTimer(configuration.DiscoveryDialTimeout),
            DiscoveryRequestTimeout = ForTimer(configuration.DiscoveryRequestTimeout),
            DiscoverySrv = configuration.DiscoverySrv,
            DiscoverySrvName = configuration.DiscoverySrvName,
            EmulatedVersion = configuration.EmulatedVersion,
            HeartbeatMs = configuration.HeartbeatMilliseconds,
            ElectionMs = configuration.ElectionMilliseconds,
            PeerReadTimeout = ForTimer(configuration.RaftReadTimeout),
            PeerWriteTimeout = ForTimer(configuration.RaftWriteTimeout),
            InitialElectionTickAdvance = configuration.InitialElectionTickAdvance,
            PreVote = configuration.PreVote,
            StrictReconfigCheck = configuration.StrictReconfigCheck,
            MaxLearners = configuration.MaxLearners,
            SnapshotCount = configuration.SnapshotCount,
            SnapshotCatchUpEntries = configuration.SnapshotCatchUpEntries,
            MaxSnapshotFiles = configuration.MaxSnapshots,
            MaxWalFiles = configuration.MaxWals,
            QuotaBackendBytes = configuration.QuotaBackendBytes,
            BackendBatchIntervalMs = Milliseconds(configuration.BackendBatchInterval),
            BackendBatchLimit = configuration.BackendBatchLimit,
            AuthToken = configuration.AuthToken,
            AuthTokenTtl = configuration.AuthTokenTtl,
            BcryptCost = configuration.BcryptCost,
            MaxTxnOperations = configuration.MaxTxnOperations,
            MaxRequestBytes = configuration.MaxRequestBytes,
            MaxConcurrentStreams =
                configuration.MaxConcurrentStreams == 0
                    ? int.MaxValue
                    : (int)Math.Min(configuration.MaxConcurrentStreams, int.MaxValue),
            KeepAlive = KeepAlive(configuration),
            AutoCompactionMode = configuration.AutoCompactionMode,
            AutoCompactionRetention = configuration.AutoCompactionRetention,
            CompactionBatchLimit = configuration.CompactionBatchLimit,
            CompactionSleepMs = Math.Max(0, Milliseconds(configuration.CompactionSleepInterval)),
            WatchProgressInterval = ForTimer(configuration.WatchProgressNotifyInterval),
            WarningApplyMs = Milliseconds(configuration.WarningApplyDuration),
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

    /// <summary>Without an interval or without a time for the answer there are no pings.</summary>
    private static KeepAlivePolicy KeepAlive(EtcdConfiguration configuration)
    {
        var pings = configuration.KeepAliveInterval > TimeSpan.Zero && configuration.KeepAliveTimeout > TimeSpan.Zero;
        return new KeepAlivePolicy
        {
            MinTime = configuration.KeepAliveMinTime > TimeSpan.Zero ? ForTimer(configuration.KeepAliveMinTime) : TimeSpan.Zero,
            Interval = pings ? AtLeast(s_pingMin, ForTimer(configuration.KeepAliveInterval)) : TimeSpan.Zero,
            Timeout = AtLeast(s_pingMin, ForTimer(configuration.KeepAliveTimeout)),
        };
    }

    private static TimeSpan AtLeast(TimeSpan least, TimeSpan time) => time < least ? least : time;

    private static TimeSpan ForTimer(TimeSpan time) => time > s_timerMax ? s_timerMax : time;

    /// <summary>Rounded up: a fraction of a millisecond is not zero.</summary>
    private static int Milliseconds(TimeSpan time) =>
        (int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), int.MinValue, int.MaxValue);

    private static string[] Texts(IReadOnlyList<EtcdUrl> urls) => [.. urls.Select(url => url.Text)];
}
