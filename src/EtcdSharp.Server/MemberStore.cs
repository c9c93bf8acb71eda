using EtcdSharp.Edge.Identity;
using EtcdSharp.Mvcc;
using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Node;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Node.Reads;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Server.Configuration;
using EtcdSharp.Server.Logging;
using EtcdSharp.Storage.Backend;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server;

/// <summary>The replicated state of a member and those who look at it: store, watchers, leases, alarms, membership.</summary>
internal sealed class MemberStore : IDisposable
{
    private readonly WatchCatchUpLoop? _catchUp;

    public MemberStore(MemberOptions options, NodeOptions node, StartingPoint start, FeatureGates gates, ITokens tokens)
    {
        Backend = start.Backend;
        Cluster = new ClusterState(Backend, start.ClusterId, start.MemberId) { ServerVersion = options.ServerVersion };
        Alarms = new AlarmStore(Backend);
        Quota = new Quota(Backend, options.QuotaBackendBytes);
        var authLogger = options.Logging.CreateLogger<AuthStore>();
        Passwords = new Passwords(options.BcryptCost, options.Randomness, authLogger);
        Auth = new AuthStore(Backend, tokens, Passwords.Hash, authLogger);

        // The leases come first: the store hangs its keys on them as it restores.
        var heartbeat = TimeSpan.FromMilliseconds(node.HeartbeatMs);
        var simulation = node.Simulation;
        var leases = new LessorOptions();
        Lessor = new Lessor(
            leases with
            {
                HowWaitersResume = simulation is null ? leases.HowWaitersResume : TaskCreationOptions.None,
                CheckpointInterval = simulation?.LeaseCheckpointInterval ?? leases.CheckpointInterval,
                MinimumTtlSeconds = LessorOptions.MinimumTtlSecondsFor(node.ElectionTicks, heartbeat),
                ExpiredRetryInterval = node.RequestTimeout,
                Metrics = options.Instruments.Lease,
                CheckpointsEnabled = gates.IsOn("LeaseCheckpoint"),
                CheckpointsPersisted = gates.IsOn("LeaseCheckpointPersist"),
            },
            new BackendLeaseBucket(Backend)
        );
        Hub = new WatchHub(options.Instruments.Watch, simulation?.WatchBufferBytes ?? WatchStream.BufferedBytesMax);
        var storeLogger = options.Logging.CreateLogger<MvccStore>();
        Action<string, Exception> failed = (part, failure) =>
        {
            NodeLog.Fatal(storeLogger, part, failure);
            options.Fatal(part, failure);
        };
        Kv = new MvccStore(
            Backend,
            Lessor,
            Hub,
            new MvccOptions
            {
                CompactionBatchLimit = options.CompactionBatchLimit,
                Metrics = options.Instruments.Mvcc,
                CompactionPauseMs = options.CompactionSleepMs,
                CompactsOnOwnThread = simulation is null,
                Failed = failed,
                CompactionStarted = revision => StoreLog.CompactingIndex(storeLogger, revision),
                CompactionFinished = report => StoreLog.Compacted(storeLogger, Backend, report),
                HashSeed = options.Randomness.NextUInt64(),
            }
        );
        Hashes = new HashQueue(Kv);
        StoreLog.Restored(storeLogger, Kv.CurrentRevision);
        Hub.Open(new StoreWatchHistory(Kv));
        _catchUp = simulation is null ? new WatchCatchUpLoop(Hub, failed) : null;
    }

    public BackendStore Backend { get; }

    public ClusterState Cluster { get; }

    public AlarmStore Alarms { get; }

    public AuthStore Auth { get; }

    public Passwords Passwords { get; }

    public Quota Quota { get; }

    public Lessor Lessor { get; }

    public WatchHub Hub { get; }

    public MvccStore Kv { get; }

    public HashQueue Hashes { get; }

    /// <summary>After the apply loop has ended.</summary>
    public void Dispose()
    {
        _catchUp?.Dispose();
        Kv.Dispose();
        Backend.Dispose();
    }
}
