using System.Globalization;
using System.Runtime.InteropServices;
using EtcdSharp.Api;
using EtcdSharp.Node.Compaction;
using EtcdSharp.Platform.Logging;
using EtcdSharp.Platform.Network;
using EtcdSharp.Platform.Text;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Logging;

/// <summary>The first and the last lines of a program's log, in etcd's words, fields and order.</summary>
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

    /// <summary>Everything before the member itself says something: what is there, where it will listen, and every setting.</summary>
    public static void Starting(ILogger logger, MemberOptions options)
    {
        var member = Path.Combine(options.DataDirectory, "member");
        var hasMember = Directory.Exists(member);
        if (hasMember)
        {
            AlreadyInitialized(logger, options.DataDirectory, "member");
        }
        else
        {
            Initialize(logger, options.DataDirectory, "empty");
        }

        if (options.SocketReuseAddress || options.SocketReusePort)
        {
            SocketOptions(logger, options.SocketReuseAddress, options.SocketReusePort);
        }

        PeerListeners(logger, options.ListenPeerUrls);
        ClientListeners(logger, options.ListenClientUrls);
        var log = options.WalDirectory ?? Path.Combine(member, "wal");
        var settings = Settings(options, member, isInitialized: Directory.Exists(log));
        logger.Log(LogLevel.Information, default, settings, null, static (_, _) => "starting an etcd server");
    }

    public static void NowServing(ILogger logger, ulong memberId, MemberOptions options)
    {
        NowServing(
            logger,
            MemberIds.ToText(memberId),
            options.AdvertisePeerUrls,
            options.ListenPeerUrls,
            options.AdvertiseClientUrls ?? options.ListenClientUrls,
            options.ListenClientUrls,
            options.ListenMetricsUrls
        );
        foreach (var url in options.ListenMetricsUrls)
        {
            ServingMetrics(logger, url);
        }

        foreach (var url in options.ListenPeerUrls)
        {
            ServingPeers(logger, HostOf(url));
        }
    }

    /// <param name="logger">The logger of the program.</param>
    /// <param name="clients">Where clients are served.</param>
    /// <param name="http">Where HTTP is served apart from them; empty where they serve both.</param>
    public static void ServingClients(ILogger logger, IReadOnlyList<string> clients, IReadOnlyList<string> http)
    {
        foreach (var url in clients)
        {
            ServingInsecurely(logger, http.Count == 0 ? "grpc+http" : "grpc", HostOf(url));
        }

        foreach (var url in http)
        {
            ServingInsecurely(logger, "http", HostOf(url));
        }
    }

    [LoggerMessage(LogLevel.Information, "Running: ")]
    public static partial void Running(ILogger logger, IReadOnlyList<string> args);

    [LoggerMessage(LogLevel.Information, "published local member to cluster through raft")]
    public static partial void Published(
        ILogger logger,
        string localMemberId,
        string localMemberAttributes,
        string clusterId,
        string publishTimeout
    );

    [LoggerMessage(LogLevel.Information, "ready to serve client requests")]
    public static partial void ReadyToServe(ILogger logger);

    [LoggerMessage(LogLevel.Information, "received signal; shutting down")]
    public static partial void Signal(ILogger logger, string signal);

    [LoggerMessage(LogLevel.Information, "closing etcd server")]
    public static partial void Closing(
        ILogger logger,
        string name,
        string dataDir,
        IReadOnlyList<string> advertisePeerUrls,
        IReadOnlyList<string> advertiseClientUrls
    );

    [LoggerMessage(LogLevel.Information, "closed etcd server")]
    public static partial void Closed(
        ILogger logger,
        string name,
        string dataDir,
        IReadOnlyList<string> advertisePeerUrls,
        IReadOnlyList<string> advertiseClientUrls
    );

    [LoggerMessage(LogLevel.Critical, "failed to start etcd")]
    public static partial void Failed(ILogger logger, string error);

    [LoggerMessage(LogLevel.Critical, "the member cannot go on")]
    public static partial void Abandoned(ILogger logger, string part, string error);

    [LoggerMessage(LogLevel.Critical, "unexpected failure; the member ends")]
    public static partial void Unexpected(ILogger logger, Exception? exception);

    [LoggerMessage(LogLevel.Error, "a background task failed and nothing waited for it")]
    public static partial void Unobserved(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Information, "server has already been initialized")]
    private static partial void AlreadyInitialized(ILogger logger, string dataDir, string dirType);

    [LoggerMessage(LogLevel.Information, "Initialize and start etcd server")]
    private static partial void Initialize(ILogger logger, string dataDir, string dirType);

    [LoggerMessage(LogLevel.Information, "configuring socket options")]
    private static partial void SocketOptions(ILogger logger, bool reuseAddress, bool reusePort);

    [LoggerMessage(LogLevel.Information, "configuring peer listeners")]
    private static partial void PeerListeners(ILogger logger, IReadOnlyList<string> listenPeerUrls);

    [LoggerMessage(LogLevel.Information, "configuring client listeners")]
    private static partial void ClientListeners(ILogger logger, IReadOnlyList<string> listenClientUrls);

    [LoggerMessage(LogLevel.Information, "now serving peer/client/metrics")]
    private static partial void NowServing(
        ILogger logger,
        string localMemberId,
        IReadOnlyList<string> initialAdvertisePeerUrls,
        IReadOnlyList<string> listenPeerUrls,
        IReadOnlyList<string> advertiseClientUrls,
        IReadOnlyList<string> listenClientUrls,
        IReadOnlyList<string> listenMetricsUrls
    );

    [LoggerMessage(LogLevel.Information, "serving metrics")]
    private static partial void ServingMetrics(ILogger logger, string address);

    [LoggerMessage(LogLevel.Information, "serving peer traffic")]
    private static partial void ServingPeers(ILogger logger, string address);

    [LoggerMessage(LogLevel.Information, "serving client traffic insecurely; this is strongly discouraged!")]
    private static partial void ServingInsecurely(ILogger logger, string traffic, string address);

    private static KeyValuePair<string, object?>[] Settings(MemberOptions options, string member, bool isInitialized) =>
        [
            new("etcd-version", ProductVersion.Etcd),
            new("etcdsharp-version", ProductVersion.Own),
            new("go-version", RuntimeInformation.FrameworkDescription),
            new("go-os", ProductVersion.OperatingSystemName()),
            new("go-arch", ProductVersion.ArchitectureName()),
            new("max-cpu-set", Environment.ProcessorCount),
            new("max-cpu-available", Environment.ProcessorCount),
            new("member-initialized", isInitialized),
            new("name", options.Name),
            new("data-dir", options.DataDirectory),
            new("wal-dir", options.WalDirectory ?? ""),
            new("wal-dir-dedicated", options.WalDirectory ?? ""),
            new("member-dir", member),
            new("force-new-cluster", options.ForceNewCluster),
            new("heartbeat-interval", TimeSpan.FromMilliseconds(options.HeartbeatMs)),
            new("election-timeout", TimeSpan.FromMilliseconds(options.ElectionMs)),
            new("initial-election-tick-advance", options.InitialElectionTickAdvance),
            new("snapshot-count", options.SnapshotCount),
            new("max-wals", options.MaxWalFiles),
            new("max-snapshots", options.MaxSnapshotFiles),
            new("snapshot-catchup-entries", options.SnapshotCatchUpEntries),
            new("initial-advertise-peer-urls", options.AdvertisePeerUrls),
            new("listen-peer-urls", options.ListenPeerUrls),
            new("advertise-client-urls", options.AdvertiseClientUrls ?? options.ListenClientUrls),
            new("listen-client-urls", options.ListenClientUrls),
            new("listen-metrics-urls", options.ListenMetricsUrls),
            new("local-address", ""),
            new("cors", options.Cors.Order(StringComparer.Ordinal).ToArray()),
            new("host-whitelist", options.HostWhitelist.Order(StringComparer.Ordinal).ToArray()),
            new("initial-cluster", isInitialized ? "" : InitialCluster(options)),
            new("initial-cluster-state", options.NewCluster ? "new" : "existing"),
            new("initial-cluster-token", isInitialized ? "" : options.InitialClusterToken),
            new("quota-backend-bytes", options.QuotaBackendBytes),
            new("max-request-bytes", options.MaxRequestBytes),
            new("max-concurrent-streams", options.Of(FlagTable.MaxConcurrentStreams)),
            new("pre-vote", options.PreVote),
            new("feature-gates", options.FeatureGates),
            new("initial-corrupt-check", FeatureGates.Parse(options.FeatureGates, out _)?.IsOn("InitialCorruptCheck") == true),
            new("corrupt-check-time-interval", options.CorruptCheckTime),
            new("compact-check-time-interval", options.CompactHashCheckTime),
            new("auto-compaction-mode", options.AutoCompactionMode),
            new("auto-compaction-retention", Retention(options)),
            new("auto-compaction-interval", Retention(options)),
            new("discovery-token", options.DiscoveryToken),
            new("discovery-endpoints", string.Join(',', options.DiscoveryEndpoints)),
            new("discovery-dial-timeout", options.DiscoveryDialTimeout),
            new("discovery-request-timeout", options.DiscoveryRequestTimeout),
            .. new FlagDefinition[]
            {
                FlagTable.DiscoveryKeepaliveTime,
                FlagTable.DiscoveryKeepaliveTimeout,
                FlagTable.DiscoveryInsecureTransport,
                FlagTable.DiscoveryInsecureSkipTlsVerify,
                FlagTable.DiscoveryCert,
                FlagTable.DiscoveryKey,
                FlagTable.DiscoveryCacert,
                FlagTable.DiscoveryUser,
            }.Select(WithItsDefault),
            new("downgrade-check-interval", options.DowngradeCheckTime),
            new("max-learners", options.MaxLearners),
            WithItsDefault(FlagTable.V2Deprecation),
        ];

    /// <summary>What nothing here depends on; another value is refused, or changes nothing.</summary>
    private static KeyValuePair<string, object?> WithItsDefault(FlagDefinition flag) =>
        new(flag.Name, flag.ValueOf(flag.Default));

    private static string InitialCluster(MemberOptions options) =>
        string.Join(',', options.InitialCluster.Select(member => $"{member.Name}={member.PeerUrl}"));

    /// <summary>etcd takes a number of revisions for nanoseconds here.</summary>
    private static string Retention(MemberOptions options) =>
        AutoCompaction.TryPlan(options.AutoCompactionMode, options.AutoCompactionRetention, out var plan) is null
        && plan.Revisions > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{plan.Revisions}ns")
            : GoDuration.Format(plan.Period);

    private static string HostOf(string url) => url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
}
