using EtcdSharp.Edge.Listening;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Server.Metrics;
using EtcdSharp.Storage.Wal;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server;

/// <summary>How a member runs. Names and defaults are those of etcd's flags; times are milliseconds where the name says so.</summary>
public sealed record MemberOptions
{
    public string Name { get; init; } = "default";

    /// <summary>Where the member keeps its files (--data-dir).</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Another place for the log; null for the usual one below the data directory.</summary>
    public string? WalDirectory { get; init; }

    /// <summary>Where the member counts; set as it starts.</summary>
    internal MemberInstruments Instruments { get; init; } = MemberInstruments.Unheard;

    public IReadOnlyList<string> ListenClientUrls { get; init; } = ["http://localhost:2379"];

    /// <summary>URLs for plain HTTP alone; the client URLs then serve gRPC alone. Empty for both on the client URLs.</summary>
    public IReadOnlyList<string> ListenClientHttpUrls { get; init; } = [];

    /// <summary>Further URLs that serve metrics and health.</summary>
    public IReadOnlyList<string> ListenMetricsUrls { get; init; } = [];

    /// <summary>Origins that browsers may ask from; empty or * for all.</summary>
    public IReadOnlyList<string> Cors { get; init; } = ["*"];

    /// <summary>Host names that HTTP clients may use without TLS; empty or * for all.</summary>
    public IReadOnlyList<string> HostWhitelist { get; init; } = ["*"];

    /// <summary>The client URLs that other members and clients are told; null for those that are listened on.</summary>
    public IReadOnlyList<string>? AdvertiseClientUrls { get; init; }

    /// <summary>Where other members reach this one; empty for a member that will never have others.</summary>
    public IReadOnlyList<string> ListenPeerUrls { get; init; } = [];

    public IReadOnlyList<string> AdvertisePeerUrls { get; init; } = ["http://localhost:2380"];

    /// <summary>The first members, name and peer URL, one pair per URL; empty for this member alone.</summary>
    public IReadOnlyList<(string Name, string PeerUrl)> InitialCluster { get; init; } = [];

    public string InitialClusterToken { get; init; } = "etcd-cluster";

    public bool NewCluster { get; init; } = true;

    /// <summary>
    /// Goes on from an existing data directory as the only member, when the others are lost for good. What was not known
    /// here to be committed is dropped; members of before must not run any more.
    /// </summary>
    public bool ForceNewCluster { get; init; }

    /// <summary>Endpoints of a cluster where the first members find each other under <see cref="DiscoveryToken"/>; empty for none.</summary>
    public IReadOnlyList<string> DiscoveryEndpoints { get; init; } = [];

    public string DiscoveryToken { get; init; } = "";

    public TimeSpan DiscoveryDialTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan DiscoveryRequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A domain whose SRV records name the first members; empty for none.</summary>
    public string DiscoverySrv { get; init; } = "";

    /// <summary>A suffix of the service in those records, for several clusters in one domain.</summary>
    public string DiscoverySrvName { get; init; } = "";

    /// <summary>
    /// 3.5, 3.6 or 3.7: what the member says it is, and the height to which it lets the version of cluster and storage
    /// rise. As long as nothing raised them further, etcd of that release can take the data directory back.
    /// </summary>
    public string EmulatedVersion { get; init; } = "3.7";

    public int HeartbeatMs { get; init; } = 100;

    public int ElectionMs { get; init; } = 1000;

    /// <summary>What another member sends is given up when no byte of it comes for so long; more for slow ways, never less.</summary>
    public TimeSpan PeerReadTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A stream to another member that takes no byte for so long is given up; more for slow ways, never less.</summary>
    public TimeSpan PeerWriteTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public bool InitialElectionTickAdvance { get; init; } = true;

    public bool PreVote { get; init; } = true;

    public bool StrictReconfigCheck { get; init; } = true;

    public int MaxLearners { get; init; } = 1;

    /// <summary>Applied entries between two snapshots on disk.</summary>
    public ulong SnapshotCount { get; init; } = 10_000;

    public ulong SnapshotCatchUpEntries { get; init; } = 5_000;

    public int MaxSnapshotFiles { get; init; } = 5;

    public int MaxWalFiles { get; init; } = 5;

    /// <summary>Bytes that the store may take; 0 for the default of 2 GiB, negative for no limit.</summary>
    public long QuotaBackendBytes { get; init; }

    public int BackendBatchIntervalMs { get; init; } = 100;

    public int BackendBatchLimit { get; init; } = 10_000;

    public int MaxTxnOperations { get; init; } = 128;

    public int MaxRequestBytes { get; init; } = 1536 * 1024;

    public int MaxConcurrentStreams { get; init; } = int.MaxValue;

    public KeepAlivePolicy KeepAlive { get; init; } = new();

    /// <summary>periodic or revision.</summary>
    public string AutoCompactionMode { get; init; } = "periodic";

    /// <summary>A duration (1h, 30m, or a number of hours) or a number of revisions; 0 for no automatic compaction.</summary>
    public string AutoCompactionRetention { get; init; } = "0";

    public int CompactionBatchLimit { get; init; } = 1000;

    public int CompactionSleepMs { get; init; } = 10;

    public TimeSpan WatchProgressInterval { get; init; } = TimeSpan.FromMinutes(10);

    public int WarningApplyMs { get; init; } = 100;

    /// <summary>Unary calls that take longer are logged.</summary>
    public TimeSpan WarningUnaryRequestDuration { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Defragments the store at the start when that frees at least so many megabytes; 0 for never.</summary>
    public ulong BootstrapDefragThresholdMegabytes { get; init; }

    /// <summary>How often a leader compares the data of all members; zero for never.</summary>
    public TimeSpan CorruptCheckTime { get; init; }

    /// <summary>Time between two looks of the leader whether a downgrade has come to its end; zero for never.</summary>
    public TimeSpan DowngradeCheckTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>With the feature gate CompactHashCheck: how often a leader compares the hashes taken at compactions.</summary>
    public TimeSpan CompactHashCheckTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What users get for their password: simple, or jwt with its keys, as --auth-token has it.</summary>
    public string AuthToken { get; init; } = "simple";

    /// <summary>How long a simple token is valid after its last use.</summary>
    public TimeSpan AuthTokenTtl { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>4 to 31: the work that a password's hash takes doubles with each.</summary>
    public int BcryptCost { get; init; } = 10;

    /// <summary>Pairs Name=true or Name=false, separated by commas.</summary>
    public string FeatureGates { get; init; } = "";

    /// <summary>Leaves out every sync: a power loss then loses acknowledged writes.</summary>
    public bool UnsafeNoFsync { get; init; }

    public bool SocketReusePort { get; init; }

    public bool SocketReuseAddress { get; init; }

    public bool ExtensiveMetrics { get; init; }

    public Action<ListenOptions>? UseTls { get; init; }

    /// <summary>How long a stopping member lets running calls finish.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(1);

    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;

    /// <summary>
    /// Called when the member can no longer keep what it acknowledges (a failed write or sync). It must not return;
    /// the default ends the process at once.
    /// </summary>
    public Action<string, Exception> Fatal { get; init; } =
        static (part, failure) => Environment.FailFast($"{part} failed: {failure.Message}", failure);

    /// <summary>The release that <see cref="EmulatedVersion"/> names.</summary>
    internal EtcdVersion ServerVersion =>
        EtcdVersion.TryEmulate(EmulatedVersion, out var version)
            ? version
            : throw new BootstrapException($"version {EmulatedVersion} cannot be emulated, only 3.5, 3.6 and 3.7");

    /// <summary>Lets even a member that runs alone ask raft before every linearizable read, as members of a cluster do.</summary>
    internal bool AlwaysAskReadIndex { get; init; }

    /// <summary>Small in tests that want many segments in a short time.</summary>
    internal long WalSegmentBytes { get; init; } = WalOptions.SegmentBytesDefault;

    /// <summary>Asked for SRV records; null for those of the system's resolver.</summary>
    internal IReadOnlyList<System.Net.IPEndPoint>? NameServers { get; init; }

    internal IDisk Disk { get; init; } = SystemDisk.Instance;

    internal IClock Clock { get; init; } = SystemClock.Instance;

    internal IRandomness Randomness { get; init; } = SystemRandomness.Instance;
}
