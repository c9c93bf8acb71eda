using EtcdSharp.Server.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>Every flag that is said to be built changes something in the options of the member, or in the program.</summary>
public sealed class MemberOptionsTests
{
    /// <summary>Flags that the program itself obeys: where and how the log is written.</summary>
    private static readonly string[] s_ofTheProgram = ["log-outputs", "log-level", "log-format", "logger"];

    // csharpier-ignore - a table reads best with one row a line.
    private static readonly (string Flag, string Value, Func<MemberOptions, object?> Option)[] s_effects =
    [
        ("name", "other", o => o.Name),
        ("data-dir", "/d", o => o.DataDirectory),
        ("wal-dir", "/w", o => o.WalDirectory),
        ("snapshot-count", "77", o => o.SnapshotCount),
        ("heartbeat-interval", "50", o => o.HeartbeatMs),
        ("election-timeout", "2000", o => o.ElectionMs),
        ("raft-read-timeout", "7s", o => o.PeerReadTimeout),
        ("raft-write-timeout", "7s", o => o.PeerWriteTimeout),
        ("initial-election-tick-advance", "false", o => o.InitialElectionTickAdvance),
        ("listen-peer-urls", "http://127.0.0.1:6", o => o.ListenPeerUrls[0]),
        ("listen-client-urls", "http://127.0.0.1:1", o => o.ListenClientUrls[0]),
        ("cors", "http://a.example:80", o => string.Join(',', o.Cors)),
        ("host-whitelist", "a.example", o => string.Join(',', o.HostWhitelist)),
        ("listen-client-http-urls", "http://127.0.0.1:2", o => o.ListenClientHttpUrls.Count),
        ("listen-metrics-urls", "http://127.0.0.1:3", o => o.ListenMetricsUrls.Count),
        ("max-snapshots", "7", o => o.MaxSnapshotFiles),
        ("max-wals", "7", o => o.MaxWalFiles),
        ("quota-backend-bytes", "123456", o => o.QuotaBackendBytes),
        ("backend-batch-interval", "20ms", o => o.BackendBatchIntervalMs),
        ("backend-batch-limit", "5", o => o.BackendBatchLimit),
        ("max-txn-ops", "5", o => o.MaxTxnOperations),
        ("max-request-bytes", "5000", o => o.MaxRequestBytes),
        ("max-concurrent-streams", "5", o => o.MaxConcurrentStreams),
        ("grpc-keepalive-min-time", "1s", o => o.KeepAlive.MinTime),
        ("grpc-keepalive-interval", "1s", o => o.KeepAlive.Interval),
        ("grpc-keepalive-timeout", "1s", o => o.KeepAlive.Timeout),
        ("socket-reuse-port", "true", o => o.SocketReusePort),
        ("socket-reuse-address", "true", o => o.SocketReuseAddress),
        ("auth-token", "jwt,sign-method=HS256,priv-key=/k", o => o.AuthToken),
        ("auth-token-ttl", "5", o => o.AuthTokenTtl),
        ("bcrypt-cost", "5", o => o.BcryptCost),
        ("feature-gates", "LeaseCheckpoint=true", o => o.FeatureGates),
        ("initial-advertise-peer-urls", "http://127.0.0.1:4", o => o.AdvertisePeerUrls[0]),
        ("initial-cluster", "default=http://127.0.0.1:4", o => o.InitialCluster[0]),
        ("initial-cluster-state", "existing", o => o.NewCluster),
        ("initial-cluster-token", "t", o => o.InitialClusterToken),
        ("discovery-token", "t", o => o.DiscoveryToken),
        ("discovery-endpoints", "127.0.0.1:7", o => o.DiscoveryEndpoints.Count),
        ("discovery-dial-timeout", "1s", o => o.DiscoveryDialTimeout),
        ("discovery-request-timeout", "1s", o => o.DiscoveryRequestTimeout),
        ("discovery-srv", "example.test", o => o.DiscoverySrv),
        ("discovery-srv-name", "blue", o => o.DiscoverySrvName),
        ("force-new-cluster", "true", o => o.ForceNewCluster),
        ("advertise-client-urls", "http://127.0.0.1:5", o => o.AdvertiseClientUrls![0]),
        ("strict-reconfig-check", "false", o => o.StrictReconfigCheck),
        ("pre-vote", "false", o => o.PreVote),
        ("auto-compaction-retention", "5", o => o.AutoCompactionRetention),
        ("auto-compaction-mode", "revision", o => o.AutoCompactionMode),
        ("metrics", "extensive", o => o.ExtensiveMetrics),
        ("warning-unary-request-duration", "1ms", o => o.WarningUnaryRequestDuration),
        ("corrupt-check-time", "1s", o => o.CorruptCheckTime),
        ("downgrade-check-time", "1s", o => o.DowngradeCheckTime),
        ("compact-hash-check-time", "1s", o => o.CompactHashCheckTime),
        ("compaction-batch-limit", "5", o => o.CompactionBatchLimit),
        ("watch-progress-notify-interval", "1s", o => o.WatchProgressInterval),
        ("warning-apply-duration", "1ms", o => o.WarningApplyMs),
        ("bootstrap-defrag-threshold-megabytes", "5", o => o.BootstrapDefragThresholdMegabytes),
        ("max-learners", "5", o => o.MaxLearners),
        ("compaction-sleep-interval", "1ms", o => o.CompactionSleepMs),
        ("snapshot-catchup-entries", "5", o => o.SnapshotCatchUpEntries),
        ("emulated-version", "3.6", o => o.EmulatedVersion),
        ("unsafe-no-fsync", "true", o => o.UnsafeNoFsync),
    ];

    public static TheoryData<string> Flags => [.. s_effects.Select(effect => effect.Flag)];

    [Theory, MemberData(nameof(Flags))]
    public void AFlagReachesTheMember(string flag)
    {
        var (_, value, option) = s_effects.Single(effect => effect.Flag == flag);
        string[] needed = flag switch
        {
            "listen-client-urls" => ["--advertise-client-urls=http://127.0.0.1:1"],
            "discovery-token" => ["--discovery-endpoints=127.0.0.1:7"],
            "discovery-endpoints" => ["--discovery-token=t"],
            _ => [],
        };
        Assert.NotEqual(option(Read([])), option(Read([$"--{flag}={value}", .. needed])));
    }

    [Fact]
    public void NoBuiltFlagIsWithoutEffect() =>
        Assert.Empty(
            FlagTable
                .All.Where(flag => flag.Support == FlagSupport.Built)
                .Select(flag => flag.Name)
                .Except([.. s_effects.Select(effect => effect.Flag), .. s_ofTheProgram], StringComparer.Ordinal)
        );

    private static MemberOptions Read(string[] arguments)
    {
        var reading = ConfigurationReader.Read(arguments, new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Null(reading.Error);
        return MemberOptionsFactory.Create(reading.Configuration!, NullLoggerFactory.Instance);
    }
}
