using System.Globalization;
using System.Runtime.InteropServices;
using EtcdSharp.Api;
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
    private const long DefaultQuotaBytes = 2L * 1024 * 1024 * 1024;

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
    public static void Starting(ILogger logger, EtcdConfiguration configuration)
    {
        var member = Path.Combine(configuration.DataDirectory, "member");
        var hasMember = Directory.Exists(member);
        if (hasMember)
        {
            AlreadyInitialized(logger, configuration.DataDirectory, "member");
        }
        else
        {
            Initialize(logger, configuration.DataDirectory, "empty");
        }

        if (configuration.SocketReuseAddress || configuration.SocketReusePort)
        {
            SocketOptions(logger, configuration.SocketReuseAddress, configuration.SocketReusePort);
        }

        PeerListeners(logger, Texts(configuration.ListenPeerUrls));
        ClientListeners(logger, Texts(configuration.ListenClientUrls));
        var log = configuration.WalDirectory.Length != 0 ? configuration.WalDirectory : Path.Combine(member, "wal");
        var settings = Settings(configuration, member, isInitialized: Directory.Exists(log));
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

    private static KeyValuePair<string, object?>[] Settings(EtcdConfiguration configuration, string member, bool isInitialized) =>
        [
            new("etcd-version", ProductVersion.Etcd),
            new("etcdsharp-version", ProductVersion.Own),
            new("go-version", RuntimeInformation.FrameworkDescription),
            new("go-os", ProductVersion.OperatingSystemName()),
            new("go-arch", ProductVersion.ArchitectureName()),
            new("max-cpu-set", Environment.ProcessorCount),
            new("max-cpu-available", Environment.ProcessorCount),
            new("member-initialized", isInitialized),
            new("name", configuration.Name),
            new("data-dir", configuration.DataDirectory),
            new("wal-dir", configuration.WalDirectory),
            new("wal-dir-dedicated", configuration.WalDirectory),
            new("member-dir", member),
            new("force-new-cluster", configuration.ForceNewCluster),
            new("heartbeat-interval", TimeSpan.FromMilliseconds(configuration.HeartbeatMilliseconds)),
            new("election-timeout", TimeSpan.FromMilliseconds(configuration.ElectionMilliseconds)),
            new("initial-election-tick-advance", configuration.InitialElectionTickAdvance),
            new("snapshot-count", configuration.SnapshotCount),
            new("max-wals", configuration.MaxWals),
            new("max-snapshots", configuration.MaxSnapshots),
            new("snapshot-catchup-entries", configuration.SnapshotCatchUpEntries),
            new("initial-advertise-peer-urls", Texts(configuration.AdvertisePeerUrls)),
            new("listen-peer-urls", Texts(configuration.ListenPeerUrls)),
            new("advertise-client-urls", Texts(configuration.AdvertiseClientUrls)),
            new("listen-client-urls", Texts(configuration.ListenClientUrls)),
            new("listen-metrics-urls", Texts(configuration.ListenMetricsUrls)),
            new("local-address", ""),
            new("cors", configuration.Cors.Order(StringComparer.Ordinal).ToArray()),
            new("host-whitelist", configuration.HostWhitelist.Order(StringComparer.Ordinal).ToArray()),
            new("initial-cluster", isInitialized ? "" : configuration.InitialCluster),
            new("initial-cluster-state", configuration.NewCluster ? "new" : "existing"),
            new("initial-cluster-token", isInitialized ? "" : configuration.InitialClusterToken),
            new(
                "quota-backend-bytes",
                configuration.QuotaBackendBytes is 0 ? DefaultQuotaBytes : configuration.QuotaBackendBytes
            ),
            new("max-request-bytes", configuration.MaxRequestBytes),
            new("max-concurrent-streams", configuration.MaxConcurrentStreams),
            new("pre-vote", configuration.PreVote),
            new("feature-gates", configuration.FeatureGates.ToString()),
            new("initial-corrupt-check", configuration.FeatureGates.IsOn("InitialCorruptCheck")),
            new("corrupt-check-time-interval", configuration.CorruptCheckTime),
            new("compact-check-time-interval", configuration.CompactHashCheckTime),
            new("auto-compaction-mode", configuration.AutoCompactionMode),
            new("auto-compaction-retention", Retention(configuration)),
            new("auto-compaction-interval", Retention(configuration)),
            new("discovery-token", configuration.DiscoveryToken),
            new("discovery-endpoints", string.Join(',', configuration.DiscoveryEndpoints)),
            new("discovery-dial-timeout", configuration.DiscoveryDialTimeout),
            new("discovery-request-timeout", configuration.DiscoveryRequestTimeout),
            .. new[]
            {
                "discovery-keepalive-time",
                "discovery-keepalive-timeout",
                "discovery-insecure-transport",
                "discovery-insecure-skip-tls-verify",
                "discovery-cert",
                "discovery-key",
                "discovery-cacert",
                "discovery-user",
            }.Select(WithItsDefault),
            new("downgrade-check-interval", configuration.DowngradeCheckTime),
            new("max-learners", configuration.MaxLearners),
            WithItsDefault("v2-deprecation"),
        ];

    /// <summary>What nothing here depends on; another value is refused, or changes nothing.</summary>
    private static KeyValuePair<string, object?> WithItsDefault(string flag)
    {
        var definition = FlagTable.ByName[flag];
        return new(flag, definition.Kind == FlagKind.Boolean ? definition.Default == "true" : definition.Default);
    }

    /// <summary>etcd takes a number of revisions for nanoseconds here, and a plain number with mode periodic for hours.</summary>
    private static string Retention(EtcdConfiguration configuration)
    {
        var text = configuration.AutoCompactionRetention;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return GoDuration.Format(GoDuration.Parse(text));
        }

        return number == 0 ? "0s"
            : configuration.AutoCompactionMode == "periodic" ? $"{number}h0m0s"
            : $"{number}ns";
    }

    private static string[] Texts(IReadOnlyList<EtcdUrl> urls) => [.. urls.Select(url => url.Text)];

    private static string HostOf(string url) => url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
}
