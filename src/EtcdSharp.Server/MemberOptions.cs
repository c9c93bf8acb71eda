using System.Collections.Immutable;
using EtcdSharp.Edge.Listening;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Server.Configuration;
using EtcdSharp.Server.Metrics;
using EtcdSharp.Storage.Wal;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server;

/// <summary>
/// How a member runs. Names and defaults are those of etcd's flags (<see cref="FlagTable"/>), apart from three: a member inside a
/// program listens for no others, tells clients where it listens, and is alone in its cluster, unless it is told otherwise. Times are
/// milliseconds where the name says so.
/// </summary>
public sealed record MemberOptions
{
    private static readonly ImmutableDictionary<FlagDefinition, object?> s_embedded = ImmutableDictionary
        .Create<FlagDefinition, object?>()
        .Add(FlagTable.ListenPeerUrls, Array.Empty<string>())
        .Add(FlagTable.AdvertiseClientUrls, null)
        .Add(FlagTable.InitialCluster, Array.Empty<(string, string)>());

    /// <summary>The shortest pause between two pings, and the shortest wait for an answer, as in etcd.</summary>
    private static readonly TimeSpan s_pingMin = TimeSpan.FromSeconds(1);

    /// <summary>The values of flags that are not the default; each lies under its row of the table.</summary>
    private ImmutableDictionary<FlagDefinition, object?> _values = s_embedded;

    private KeepAlivePolicy? _keepAlive;

    public string Name
    {
        get => Of(FlagTable.Name);
        init => Keep(FlagTable.Name, value);
    }

    /// <summary>Where the member keeps its files (--data-dir).</summary>
    public required string DataDirectory
    {
        get => Of(FlagTable.DataDirectory);
        init => Keep(FlagTable.DataDirectory, value);
    }

    /// <summary>Another place for the log; null for the usual one below the data directory.</summary>
    public string? WalDirectory
    {
        get => Of(FlagTable.WalDirectory);
        init => Keep(FlagTable.WalDirectory, value);
    }

    /// <summary>Where the member counts; set as it starts.</summary>
    internal MemberInstruments Instruments { get; init; } = MemberInstruments.Unheard;

    public IReadOnlyList<string> ListenClientUrls
    {
        get => Of(FlagTable.ListenClientUrls);
        init => Keep(FlagTable.ListenClientUrls, value);
    }

    /// <summary>URLs for plain HTTP alone; the client URLs then serve gRPC alone. Empty for both on the client URLs.</summary>
    public IReadOnlyList<string> ListenClientHttpUrls
    {
        get => Of(FlagTable.ListenClientHttpUrls);
        init => Keep(FlagTable.ListenClientHttpUrls, value);
    }

    /// <summary>Further URLs that serve metrics and health.</summary>
    public IReadOnlyList<string> ListenMetricsUrls
    {
        get => Of(FlagTable.ListenMetricsUrls);
        init => Keep(FlagTable.ListenMetricsUrls, value);
    }

    /// <summary>Origins that browsers may ask from; empty or * for all.</summary>
    public IReadOnlyList<string> Cors
    {
        get => Of(FlagTable.Cors);
        init => Keep(FlagTable.Cors, value);
    }

    /// <summary>Host names that HTTP clients may use without TLS; empty or * for all.</summary>
    public IReadOnlyList<string> HostWhitelist
    {
        get => Of(FlagTable.HostWhitelist);
        init => Keep(FlagTable.HostWhitelist, value);
    }

    /// <summary>The client URLs that other members and clients are told; null for those that are listened on.</summary>
    public IReadOnlyList<string>? AdvertiseClientUrls
    {
        get => Of(FlagTable.AdvertiseClientUrls);
        init => Keep(FlagTable.AdvertiseClientUrls, value);
    }

    /// <summary>Where other members reach this one; empty for a member that will never have others.</summary>
    public IReadOnlyList<string> ListenPeerUrls
    {
        get => Of(FlagTable.ListenPeerUrls);
        init => Keep(FlagTable.ListenPeerUrls, value);
    }

    public IReadOnlyList<string> AdvertisePeerUrls
    {
        get => Of(FlagTable.AdvertisePeerUrls);
        init => Keep(FlagTable.AdvertisePeerUrls, value);
    }

    /// <summary>The first members, name and peer URL, one pair per URL; empty for this member alone.</summary>
    public IReadOnlyList<(string Name, string PeerUrl)> InitialCluster
    {
        get => Of(FlagTable.InitialCluster);
        init => Keep(FlagTable.InitialCluster, value);
    }

    public string InitialClusterToken
    {
        get => Of(FlagTable.InitialClusterToken);
        init => Keep(FlagTable.InitialClusterToken, value);
    }

    public bool NewCluster
    {
        get => Of(FlagTable.NewCluster);
        init => Keep(FlagTable.NewCluster, value);
    }

    /// <summary>
    /// Goes on from an existing data directory as the only member, when the others are lost for good. What was not known
    /// here to be committed is dropped; members of before must not run any more.
    /// </summary>
    public bool ForceNewCluster
    {
        get => Of(FlagTable.ForceNewCluster);
        init => Keep(FlagTable.ForceNewCluster, value);
    }

    /// <summary>Endpoints of a cluster where the first members find each other under <see cref="DiscoveryToken"/>; empty for none.</summary>
    public IReadOnlyList<string> DiscoveryEndpoints
    {
        get => Of(FlagTable.DiscoveryEndpoints);
        init => Keep(FlagTable.DiscoveryEndpoints, value);
    }

    public string DiscoveryToken
    {
        get => Of(FlagTable.DiscoveryToken);
        init => Keep(FlagTable.DiscoveryToken, value);
    }

    public TimeSpan DiscoveryDialTimeout
    {
        get => Of(FlagTable.DiscoveryDialTimeout);
        init => Keep(FlagTable.DiscoveryDialTimeout, value);
    }

    public TimeSpan DiscoveryRequestTimeout
    {
        get => Of(FlagTable.DiscoveryRequestTimeout);
        init => Keep(FlagTable.DiscoveryRequestTimeout, value);
    }

    /// <summary>A domain whose SRV records name the first members; empty for none.</summary>
    public string DiscoverySrv
    {
        get => Of(FlagTable.DiscoverySrv);
        init => Keep(FlagTable.DiscoverySrv, value);
    }

    /// <summary>A suffix of the service in those records, for several clusters in one domain.</summary>
    public string DiscoverySrvName
    {
        get => Of(FlagTable.DiscoverySrvName);
        init => Keep(FlagTable.DiscoverySrvName, value);
    }

    /// <summary>
    /// 3.5, 3.6 or 3.7: what the member says it is, and the height to which it lets the version of cluster and storage
    /// rise. As long as nothing raised them further, etcd of that release can take the data directory back.
    /// </summary>
    public string EmulatedVersion
    {
        get => Of(FlagTable.EmulatedVersion);
        init => Keep(FlagTable.EmulatedVersion, value);
    }

    public int HeartbeatMs
    {
        get => Of(FlagTable.HeartbeatMs);
        init => Keep(FlagTable.HeartbeatMs, value);
    }

    public int ElectionMs
    {
        get => Of(FlagTable.ElectionMs);
        init => Keep(FlagTable.ElectionMs, value);
    }

    /// <summary>What another member sends is given up when no byte of it comes for so long; more for slow ways, never less.</summary>
    public TimeSpan PeerReadTimeout
    {
        get => Of(FlagTable.PeerReadTimeout);
        init => Keep(FlagTable.PeerReadTimeout, value);
    }

    /// <summary>A stream to another member that takes no byte for so long is given up; more for slow ways, never less.</summary>
    public TimeSpan PeerWriteTimeout
    {
        get => Of(FlagTable.PeerWriteTimeout);
        init => Keep(FlagTable.PeerWriteTimeout, value);
    }

    public bool InitialElectionTickAdvance
    {
        get => Of(FlagTable.InitialElectionTickAdvance);
        init => Keep(FlagTable.InitialElectionTickAdvance, value);
    }

    public bool PreVote
    {
        get => Of(FlagTable.PreVote);
        init => Keep(FlagTable.PreVote, value);
    }

    public bool StrictReconfigCheck
    {
        get => Of(FlagTable.StrictReconfigCheck);
        init => Keep(FlagTable.StrictReconfigCheck, value);
    }

    public int MaxLearners
    {
        get => Of(FlagTable.MaxLearners);
        init => Keep(FlagTable.MaxLearners, value);
    }

    /// <summary>Applied entries between two snapshots on disk.</summary>
    public ulong SnapshotCount
    {
        get => Of(FlagTable.SnapshotCount);
        init => Keep(FlagTable.SnapshotCount, value);
    }

    public ulong SnapshotCatchUpEntries
    {
        get => Of(FlagTable.SnapshotCatchUpEntries);
        init => Keep(FlagTable.SnapshotCatchUpEntries, value);
    }

    public int MaxSnapshotFiles
    {
        get => Of(FlagTable.MaxSnapshotFiles);
        init => Keep(FlagTable.MaxSnapshotFiles, value);
    }

    public int MaxWalFiles
    {
        get => Of(FlagTable.MaxWalFiles);
        init => Keep(FlagTable.MaxWalFiles, value);
    }

    /// <summary>Bytes that the store may take; 0 for the default of 2 GiB, negative for no limit.</summary>
    public long QuotaBackendBytes
    {
        get => Of(FlagTable.QuotaBackendBytes);
        init => Keep(FlagTable.QuotaBackendBytes, value);
    }

    public int BackendBatchIntervalMs
    {
        get => Of(FlagTable.BackendBatchIntervalMs);
        init => Keep(FlagTable.BackendBatchIntervalMs, value);
    }

    public int BackendBatchLimit
    {
        get => Of(FlagTable.BackendBatchLimit);
        init => Keep(FlagTable.BackendBatchLimit, value);
    }

    public int MaxTxnOperations
    {
        get => Of(FlagTable.MaxTxnOperations);
        init => Keep(FlagTable.MaxTxnOperations, value);
    }

    public int MaxRequestBytes
    {
        get => Of(FlagTable.MaxRequestBytes);
        init => Keep(FlagTable.MaxRequestBytes, value);
    }

    /// <summary>Streams that one connection may hold open; 0 for any number.</summary>
    public int MaxConcurrentStreams
    {
        get =>
            Of(FlagTable.MaxConcurrentStreams) is var streams && streams == 0
                ? int.MaxValue
                : (int)Math.Min(streams, int.MaxValue);
        init => Keep(FlagTable.MaxConcurrentStreams, value);
    }

    public KeepAlivePolicy KeepAlive
    {
        get => _keepAlive ?? KeepAliveOfFlags();
        init => _keepAlive = value;
    }

    /// <summary>periodic or revision.</summary>
    public string AutoCompactionMode
    {
        get => Of(FlagTable.AutoCompactionMode);
        init => Keep(FlagTable.AutoCompactionMode, value);
    }

    /// <summary>A duration (1h, 30m, or a number of hours) or a number of revisions; 0 for no automatic compaction.</summary>
    public string AutoCompactionRetention
    {
        get => Of(FlagTable.AutoCompactionRetention);
        init => Keep(FlagTable.AutoCompactionRetention, value);
    }

    public int CompactionBatchLimit
    {
        get => Of(FlagTable.CompactionBatchLimit);
        init => Keep(FlagTable.CompactionBatchLimit, value);
    }

    public int CompactionSleepMs
    {
        get => Of(FlagTable.CompactionSleepMs);
        init => Keep(FlagTable.CompactionSleepMs, value);
    }

    public TimeSpan WatchProgressInterval
    {
        get => Of(FlagTable.WatchProgressInterval);
        init => Keep(FlagTable.WatchProgressInterval, value);
    }

    public int WarningApplyMs
    {
        get => Of(FlagTable.WarningApplyMs);
        init => Keep(FlagTable.WarningApplyMs, value);
    }

    /// <summary>Unary calls that take longer are logged.</summary>
    public TimeSpan WarningUnaryRequestDuration
    {
        get => Of(FlagTable.WarningUnaryRequestDuration);
        init => Keep(FlagTable.WarningUnaryRequestDuration, value);
    }

    /// <summary>Defragments the store at the start when that frees at least so many megabytes; 0 for never.</summary>
    public ulong BootstrapDefragThresholdMegabytes
    {
        get => Of(FlagTable.BootstrapDefragThresholdMegabytes);
        init => Keep(FlagTable.BootstrapDefragThresholdMegabytes, value);
    }

    /// <summary>How often a leader compares the data of all members; zero for never.</summary>
    public TimeSpan CorruptCheckTime
    {
        get => Of(FlagTable.CorruptCheckTime);
        init => Keep(FlagTable.CorruptCheckTime, value);
    }

    /// <summary>Time between two looks of the leader whether a downgrade has come to its end; zero for never.</summary>
    public TimeSpan DowngradeCheckTime
    {
        get => Of(FlagTable.DowngradeCheckTime);
        init => Keep(FlagTable.DowngradeCheckTime, value);
    }

    /// <summary>With the feature gate CompactHashCheck: how often a leader compares the hashes taken at compactions.</summary>
    public TimeSpan CompactHashCheckTime
    {
        get => Of(FlagTable.CompactHashCheckTime);
        init => Keep(FlagTable.CompactHashCheckTime, value);
    }

    /// <summary>What users get for their password: simple, or jwt with its keys, as --auth-token has it.</summary>
    public string AuthToken
    {
        get => Of(FlagTable.AuthToken);
        init => Keep(FlagTable.AuthToken, value);
    }

    /// <summary>How long a simple token is valid after its last use.</summary>
    public TimeSpan AuthTokenTtl
    {
        get => Of(FlagTable.AuthTokenTtl);
        init => Keep(FlagTable.AuthTokenTtl, value);
    }

    /// <summary>4 to 31: the work that a password's hash takes doubles with each.</summary>
    public int BcryptCost
    {
        get => Of(FlagTable.BcryptCost);
        init => Keep(FlagTable.BcryptCost, value);
    }

    /// <summary>Pairs Name=true or Name=false, separated by commas.</summary>
    public string FeatureGates
    {
        get => Of(FlagTable.FeatureGates);
        init => Keep(FlagTable.FeatureGates, value);
    }

    /// <summary>Leaves out every sync: a power loss then loses acknowledged writes.</summary>
    public bool UnsafeNoFsync
    {
        get => Of(FlagTable.UnsafeNoFsync);
        init => Keep(FlagTable.UnsafeNoFsync, value);
    }

    public bool SocketReusePort
    {
        get => Of(FlagTable.SocketReusePort);
        init => Keep(FlagTable.SocketReusePort, value);
    }

    public bool SocketReuseAddress
    {
        get => Of(FlagTable.SocketReuseAddress);
        init => Keep(FlagTable.SocketReuseAddress, value);
    }

    public bool ExtensiveMetrics
    {
        get => Of(FlagTable.ExtensiveMetrics);
        init => Keep(FlagTable.ExtensiveMetrics, value);
    }

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

    /// <summary>The value of a flag; its default where it was not set.</summary>
    internal T Of<T>(Flag<T> flag) => _values.TryGetValue(flag, out var value) ? (T)value! : flag.DefaultValue;

    /// <summary>As above, of any flag.</summary>
    internal object? Of(FlagDefinition flag) => _values.TryGetValue(flag, out var value) ? value : flag.ValueOf(flag.Default);

    /// <summary>The options of a program's flags, which are checked.</summary>
    internal static MemberOptions From(FlagValues values)
    {
        var options = new MemberOptions
        {
            DataDirectory = "",
            _values = values.Flags.All.ToImmutableDictionary(flag => flag, flag => flag.ValueOf(values.Text(flag))),
        };
        return options with
        {
            DataDirectory = options.DataDirectory.Length == 0 ? DataDirectoryOf(options.Name) : options.DataDirectory,
            InitialCluster = values.IsGiven(FlagTable.InitialCluster)
                ? options.InitialCluster
                : [.. options.AdvertisePeerUrls.Select(url => (options.Name, url))],
        };
    }

    /// <summary>Where a program's member keeps its files when nothing else is said.</summary>
    internal static string DataDirectoryOf(string name) => name + ".etcd";

    private void Keep<T>(Flag<T> flag, T value) => _values = _values.SetItem(flag, value);

    /// <summary>Without an interval or without a time for the answer there are no pings.</summary>
    private KeepAlivePolicy KeepAliveOfFlags()
    {
        var (interval, timeout) = (Of(FlagTable.KeepAliveInterval), Of(FlagTable.KeepAliveTimeout));
        var pings = interval > TimeSpan.Zero && timeout > TimeSpan.Zero;
        return new KeepAlivePolicy
        {
            MinTime = Of(FlagTable.KeepAliveMinTime) is var least && least > TimeSpan.Zero ? least : TimeSpan.Zero,
            Interval = pings ? AtLeast(s_pingMin, interval) : TimeSpan.Zero,
            Timeout = AtLeast(s_pingMin, timeout),
        };
    }

    private static TimeSpan AtLeast(TimeSpan least, TimeSpan time) => time < least ? least : time;
}
