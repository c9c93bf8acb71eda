using System.Globalization;
using EtcdSharp.Platform.Logging;
using EtcdSharp.Platform.Network;
using EtcdSharp.Platform.Text;

namespace EtcdSharp.Server.Configuration;

/// <summary>The settings of one member, checked and typed.</summary>
internal sealed class EtcdConfiguration
{
    private const string DefaultName = "default";
    private const int ElectionTimeoutMillisecondsMax = 50_000;
    private const long QuotaBackendBytesDefault = 2L * 1024 * 1024 * 1024;
    private const int BackendBatchLimitDefault = 10_000;
    private const ulong SnapshotCountDefault = 10_000;
    private const ulong SnapshotCatchUpEntriesDefault = 5_000;
    private const int CompactionBatchLimitDefault = 1000;
    private const ulong AuthTokenTtlSecondsDefault = 300;
    private static readonly TimeSpan s_compactionSleepIntervalDefault = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_watchProgressNotifyIntervalDefault = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_warningUnaryRequestDurationDefault = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_backendBatchIntervalDefault = TimeSpan.FromMilliseconds(100);

    /// <summary>etcd's figure.</summary>
    private static readonly TimeSpan s_peerTimeoutMin = TimeSpan.FromSeconds(5);

    /// <summary>Flags that go away, with etcd's words.</summary>
    private static readonly (string Flag, string Warning)[] s_deprecated =
    [
        (
            "v2-deprecation",
            "--v2-deprecation is deprecated and scheduled for removal in v3.8. The default value is enforced, ignoring user input."
        ),
        ("max-snapshots", "--max-snapshots is deprecated in 3.6 and will be decommissioned in 3.8."),
    ];

    public required string Name { get; init; }
    public required string DataDirectory { get; init; }
    public required string WalDirectory { get; init; }
    public required ulong SnapshotCount { get; init; }
    public required ulong SnapshotCatchUpEntries { get; init; }
    public required int MaxSnapshots { get; init; }
    public required int MaxWals { get; init; }
    public required int HeartbeatMilliseconds { get; init; }
    public required int ElectionMilliseconds { get; init; }
    public required TimeSpan RaftReadTimeout { get; init; }
    public required TimeSpan RaftWriteTimeout { get; init; }
    public required bool InitialElectionTickAdvance { get; init; }
    public required bool PreVote { get; init; }
    public required bool StrictReconfigCheck { get; init; }
    public required int MaxLearners { get; init; }
    public required IReadOnlyList<EtcdUrl> ListenPeerUrls { get; init; }
    public required IReadOnlyList<EtcdUrl> ListenClientUrls { get; init; }
    public required IReadOnlyList<EtcdUrl> ListenClientHttpUrls { get; init; }
    public required IReadOnlyList<EtcdUrl> ListenMetricsUrls { get; init; }
    public required IReadOnlyList<EtcdUrl> AdvertisePeerUrls { get; init; }
    public required IReadOnlyList<EtcdUrl> AdvertiseClientUrls { get; init; }
    public required string InitialCluster { get; init; }
    public required string InitialClusterToken { get; init; }
    public required bool NewCluster { get; init; }
    public required bool ForceNewCluster { get; init; }
    public required IReadOnlyList<string> Cors { get; init; }

    public required IReadOnlyList<string> HostWhitelist { get; init; }

    public required IReadOnlyList<string> DiscoveryEndpoints { get; init; }
    public required string DiscoveryToken { get; init; }
    public required TimeSpan DiscoveryDialTimeout { get; init; }
    public required TimeSpan DiscoveryRequestTimeout { get; init; }
    public required string DiscoverySrv { get; init; }
    public required string DiscoverySrvName { get; init; }
    public required string EmulatedVersion { get; init; }

    /// <summary>Bytes; zero or less for no limit.</summary>
    public required long QuotaBackendBytes { get; init; }
    public required TimeSpan BackendBatchInterval { get; init; }
    public required int BackendBatchLimit { get; init; }
    public required ulong BootstrapDefragThresholdMegabytes { get; init; }
    public required string AuthToken { get; init; }

    public required TimeSpan AuthTokenTtl { get; init; }

    public required int BcryptCost { get; init; }

    public required int MaxTxnOperations { get; init; }
    public required int MaxRequestBytes { get; init; }
    public required uint MaxConcurrentStreams { get; init; }
    public required TimeSpan KeepAliveMinTime { get; init; }
    public required TimeSpan KeepAliveInterval { get; init; }
    public required TimeSpan KeepAliveTimeout { get; init; }
    public required bool SocketReusePort { get; init; }
    public required bool SocketReuseAddress { get; init; }
    public required string AutoCompactionMode { get; init; }
    public required string AutoCompactionRetention { get; init; }
    public required int CompactionBatchLimit { get; init; }
    public required TimeSpan CompactionSleepInterval { get; init; }
    public required TimeSpan WatchProgressNotifyInterval { get; init; }
    public required TimeSpan WarningApplyDuration { get; init; }
    public required TimeSpan WarningUnaryRequestDuration { get; init; }
    public required bool ExtensiveMetrics { get; init; }
    public required IReadOnlyList<string> LogOutputs { get; init; }
    public required string LogLevel { get; init; }
    public required string LogFormat { get; init; }
    public required TimeSpan CorruptCheckTime { get; init; }
    public required TimeSpan DowngradeCheckTime { get; init; }
    public required TimeSpan CompactHashCheckTime { get; init; }
    public required FeatureGates FeatureGates { get; init; }
    public required bool UnsafeNoFsync { get; init; }

    /// <summary>The configuration of the values, or null and what is wrong with them.</summary>
    public static EtcdConfiguration? From(FlagValues values, List<ConfigurationNotice> notices, out string? error)
    {
        error = ConfigurationRules.FirstBroken(values, ElectionTimeoutMillisecondsMax);
        if (error is not null || FeatureGates.Parse(values.Text("feature-gates"), out error) is not { } gates)
        {
            return null;
        }

        var name = values.Text("name");
        if (name == DefaultName)
        {
            notices.Add(
                new ConfigurationNotice(
                    Warning: true,
                    "it isn't recommended to use default name, please set a value for --name. "
                        + "Note that etcd might run into issue when multiple members have the same default name",
                    ("name", name)
                )
            );
        }

        foreach (var (flag, warning) in s_deprecated)
        {
            if (values.SourceOf(flag) is FlagSource.CommandLine or FlagSource.Environment)
            {
                notices.Add(new ConfigurationNotice(Warning: true, warning));
            }
        }

        if (values.Text("data-dir").Length == 0)
        {
            notices.Add(
                new ConfigurationNotice(Warning: true, "'data-dir' was empty; using default", ("data-dir", name + ".etcd"))
            );
        }

        if (!values.IsGiven("listen-client-http-urls"))
        {
            notices.Add(
                new ConfigurationNotice(
                    Warning: true,
                    "Running http and grpc server on single port. This is not recommended for production."
                )
            );
        }

        var advertisePeerUrls = values.Urls("initial-advertise-peer-urls");
        return new EtcdConfiguration
        {
            Name = name,
            DataDirectory = values.Text("data-dir") is { Length: > 0 } directory ? directory : name + ".etcd",
            WalDirectory = values.Text("wal-dir"),
            SnapshotCount = OrDefault(values.Unsigned("snapshot-count"), SnapshotCountDefault),
            SnapshotCatchUpEntries = OrDefault(values.Unsigned("snapshot-catchup-entries"), SnapshotCatchUpEntriesDefault),
            MaxSnapshots = (int)Math.Min(values.Unsigned("max-snapshots"), int.MaxValue),
            MaxWals = (int)Math.Min(values.Unsigned("max-wals"), int.MaxValue),
            HeartbeatMilliseconds = (int)values.Unsigned("heartbeat-interval"),
            ElectionMilliseconds = (int)values.Unsigned("election-timeout"),
            RaftReadTimeout = PeerTimeout(values, "raft-read-timeout", notices),
            RaftWriteTimeout = PeerTimeout(values, "raft-write-timeout", notices),
            InitialElectionTickAdvance = values.Boolean("initial-election-tick-advance"),
            PreVote = values.Boolean("pre-vote"),
            StrictReconfigCheck = values.Boolean("strict-reconfig-check"),
            MaxLearners = (int)Math.Min(values.Integer("max-learners"), int.MaxValue),
            ListenPeerUrls = values.Urls("listen-peer-urls"),
            ListenClientUrls = values.Urls("listen-client-urls"),
            ListenClientHttpUrls = values.Urls("listen-client-http-urls"),
            ListenMetricsUrls = values.Urls("listen-metrics-urls"),
            AdvertisePeerUrls = advertisePeerUrls,
            AdvertiseClientUrls = values.Urls("advertise-client-urls"),
            InitialCluster = values.IsGiven("initial-cluster")
                ? values.Text("initial-cluster")
                : string.Join(',', advertisePeerUrls.Select(url => $"{name}={url}")),
            InitialClusterToken = values.Text("initial-cluster-token"),
            NewCluster = values.Text("initial-cluster-state") == "new",
            ForceNewCluster = values.Boolean("force-new-cluster"),
            DiscoveryEndpoints = values.Words("discovery-endpoints"),
            Cors = values.Words("cors"),
            HostWhitelist = values.Words("host-whitelist"),
            DiscoveryToken = values.Text("discovery-token"),
            DiscoveryDialTimeout = values.Duration("discovery-dial-timeout"),
            DiscoveryRequestTimeout = values.Duration("discovery-request-timeout"),
            DiscoverySrv = values.Text("discovery-srv"),
            DiscoverySrvName = values.Text("discovery-srv-name"),
            EmulatedVersion = values.Text("emulated-version"),
            QuotaBackendBytes =
                values.Integer("quota-backend-bytes") is var quota && quota == 0 ? QuotaBackendBytesDefault : quota,
            BackendBatchInterval =
                values.Duration("backend-batch-interval") is var interval && interval > TimeSpan.Zero
                    ? interval
                    : s_backendBatchIntervalDefault,
            BackendBatchLimit =
                values.Integer("backend-batch-limit") is var limit && limit > 0
                    ? (int)Math.Min(limit, int.MaxValue)
                    : BackendBatchLimitDefault,
            BootstrapDefragThresholdMegabytes = values.Unsigned("bootstrap-defrag-threshold-megabytes"),
            AuthToken = values.Text("auth-token"),
            AuthTokenTtl = TimeSpan.FromSeconds(
                Math.Min(OrDefault(values.Unsigned("auth-token-ttl"), AuthTokenTtlSecondsDefault), int.MaxValue)
            ),
            BcryptCost = (int)Math.Min(values.Unsigned("bcrypt-cost"), int.MaxValue),
            MaxTxnOperations = (int)Math.Min(values.Unsigned("max-txn-ops"), int.MaxValue),
            MaxRequestBytes = (int)values.Unsigned("max-request-bytes"),
            MaxConcurrentStreams = (uint)Math.Min(values.Unsigned("max-concurrent-streams"), uint.MaxValue),
            KeepAliveMinTime = values.Duration("grpc-keepalive-min-time"),
            KeepAliveInterval = values.Duration("grpc-keepalive-interval"),
            KeepAliveTimeout = values.Duration("grpc-keepalive-timeout"),
            SocketReusePort = values.Boolean("socket-reuse-port"),
            SocketReuseAddress = values.Boolean("socket-reuse-address"),
            AutoCompactionMode = values.Text("auto-compaction-mode"),
            AutoCompactionRetention = values.Text("auto-compaction-retention"),
            CompactionBatchLimit = (int)OrDefault((ulong)values.Integer("compaction-batch-limit"), CompactionBatchLimitDefault),
            CompactionSleepInterval = OrDefault(values.Duration("compaction-sleep-interval"), s_compactionSleepIntervalDefault),
            WatchProgressNotifyInterval =
                values.Duration("watch-progress-notify-interval") is var progress && progress > TimeSpan.Zero
                    ? progress
                    : s_watchProgressNotifyIntervalDefault,
            WarningApplyDuration = values.Duration("warning-apply-duration"),
            WarningUnaryRequestDuration = OrDefault(
                values.Duration("warning-unary-request-duration"),
                s_warningUnaryRequestDurationDefault
            ),
            ExtensiveMetrics = values.Text("metrics") == "extensive",
            LogOutputs =
            [
                .. values
                    .Words("log-outputs")
                    .Select(output =>
                        output.StartsWith("file:///", StringComparison.Ordinal) ? output["file://".Length..] : output
                    ),
            ],
            LogLevel = NormalizeLogLevel(values.Text("log-level"))!,
            LogFormat = values.Text("log-format") is { Length: > 0 } format ? format : "json",
            CorruptCheckTime = values.Duration("corrupt-check-time"),
            DowngradeCheckTime = values.Duration("downgrade-check-time"),
            CompactHashCheckTime = values.Duration("compact-hash-check-time"),
            FeatureGates = gates,
            UnsafeNoFsync = values.Boolean("unsafe-no-fsync"),
        };
    }

    /// <summary>The level in lower case, as all know it; null for a word that is none.</summary>
    public static string? NormalizeLogLevel(string text) =>
        text.ToLowerInvariant() switch
        {
            "" => "info",
            "debug" or "info" or "warn" or "error" or "dpanic" or "panic" or "fatal" => text.ToLowerInvariant(),
            _ => null,
        };

    /// <summary>A zero stands for the default, as in etcd.</summary>
    private static ulong OrDefault(ulong given, ulong value) => given == 0 ? value : given;

    private static TimeSpan OrDefault(TimeSpan given, TimeSpan value) => given == TimeSpan.Zero ? value : given;

    /// <summary>Never below the default: the others count on it.</summary>
    private static TimeSpan PeerTimeout(FlagValues values, string flag, List<ConfigurationNotice> notices)
    {
        var given = values.Duration(flag);
        if (given >= s_peerTimeoutMin)
        {
            return given;
        }

        notices.Add(
            new ConfigurationNotice(Warning: false, $"{flag} increased to minimum value: {GoDuration.Format(s_peerTimeoutMin)}")
        );
        return s_peerTimeoutMin;
    }

    /// <summary>The parts of a member's start that depend on the first members: name and URL pairs.</summary>
    public IEnumerable<(string Name, string Url)> InitialMembers() =>
        InitialCluster
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (pair[0], pair.Length > 1 ? pair[1] : ""));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} in {DataDirectory}");
}
