using System.Diagnostics;
using EtcdSharp.Api.Errors;
using EtcdSharp.Node;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Node.Loops;
using EtcdSharp.Node.Proposals;
using EtcdSharp.Node.Reads;
using EtcdSharp.Node.Snapshots;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Logging;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Apply;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server;

/// <summary>The write and read path of a member, put together: gate, raft loop, log writer, apply loop, snapshots.</summary>
internal sealed class MemberNode
{
    private readonly RaftLoop _loop;
    private readonly LogWriter _writer;
    private readonly ApplyLoop _applier;
    private readonly SnapshotLoop _snapshots;
    private readonly ReadIndex _reads;
    private readonly AppliedWaiters _applied;
    private readonly WaiterTable _waiters;
    private readonly WriteAheadLog _log;
    private readonly IPeerTransport _transport;
    private readonly NodeOptions _options;
    private readonly ILogger _logger;

    public MemberNode(
        MemberOptions options,
        NodeOptions node,
        StartingPoint start,
        MemberStore store,
        DataDirectory data,
        IPeerTransport transport
    )
    {
        var logger = options.Logging.CreateLogger<MemberNode>();
        _logger = logger;
        var ids = new RequestIds(start.MemberId, options.Clock.UtcNow);
        State = new NodeState(start.MemberId);
        State.PublishApplied(start.AppliedIndex, start.AppliedTerm);
        _waiters = new WaiterTable(ids, node);
        _applied = new AppliedWaiters(State);
        _reads = new ReadIndex(State, _applied, ids, options.Clock, node);
        _log = start.Log;
        var raft = CreateRaft(options, node, start, out var configuration);
        _loop = new RaftLoop(
            raft,
            State,
            _reads,
            _waiters,
            transport,
            options.Clock,
            node,
            options.Logging.CreateLogger<RaftLoop>(),
            Fatal
        );
        _loop.ConfigurationChanged(configuration);
        var snapshots = new SnapshotDirectory(options.Disk, data.SnapPath, logger) { Metrics = options.Instruments.Snap };
        _transport = transport;
        _options = node;
        _writer = new LogWriter(_log, start.Storage, _loop, transport, snapshots, start.MemberId, Fatal, node.Simulation);
        Machine = new StateMachine(
            store.Kv,
            store.Lessor,
            store.Alarms,
            store.Auth,
            store.Quota,
            store.Cluster,
            State,
            transport,
            options.Clock,
            new StateMachineOptions
            {
                ElectionTimeout = TimeSpan.FromMilliseconds(node.ElectionMs),
                MaxLearners = options.MaxLearners,
                SlowApplyNanoseconds = options.WarningApplyMs * 1_000_000L,
                Metrics = options.Instruments.Replica,
            },
            options.Logging.CreateLogger<StateMachine>()
        );
        var machine = node.Simulation?.Around(Machine) ?? Machine;
        _applier = new ApplyLoop(machine, store.Backend, _loop, State, _waiters, _applied, Fatal, node.Simulation);
        _snapshots = new SnapshotLoop(
            store.Backend,
            start.Storage,
            snapshots,
            _writer,
            store.Cluster,
            transport,
            new FilePurge(snapshots, data, options.Disk, options.Clock, node, logger),
            start.SnapshotIndex,
            options.Clock,
            node,
            options.Logging.CreateLogger<SnapshotLoop>(),
            Fatal
        );
        _loop.SnapshotDelivered = () => _snapshots.Hold.Delivered(options.Clock.MonotonicNanoseconds);
        _applier.BatchApplied = (index, term) => _snapshots.Applied(index, term, Machine.Configuration ?? configuration);
        _applier.SnapshotAsked = _snapshots.Send;
        if (store.Cluster.View.Version is { } found)
        {
            VersionLog.CapabilitiesEnabled(logger, found.ToReleaseString());
            VersionLog.FromStore(logger, found.ToReleaseString());
        }

        store.Cluster.VersionChanged = (before, now) => VersionChanged(store.Cluster, before, now);
        if (start.SetsNewerVersion || store.Cluster.StorageIsAhead)
        {
            _snapshots.Resume(start.AppliedIndex, start.AppliedTerm, configuration);
        }

        void Fatal(string part, Exception failure)
        {
            NodeLog.Fatal(logger, part, failure);
            options.Fatal(part, failure);
        }

        var gate = new ProposalGate(State, _waiters, _loop, options.Clock, node);
        Log = new ReplicatedLog(start.ClusterId, State, ids, gate, _reads, _applied);
        Reconfiguration = new Reconfiguration(State, _waiters, _loop, _applied, store.Cluster, transport, options.Clock, node);
    }

    public NodeState State { get; }

    public StateMachine Machine { get; }

    public ReplicatedLog Log { get; }

    public Reconfiguration Reconfiguration { get; }

    /// <summary>Called on the raft loop when this member has begun (true) or ceased to lead.</summary>
    public Action<bool>? LeadershipChanged
    {
        get => _loop.LeadershipChanged;
        set => _loop.LeadershipChanged = value;
    }

    /// <summary>Called on the log writer when a snapshot of another member must replace the store.</summary>
    public Action<SnapshotMetadata>? SnapshotSaved { get; set; }

    public RaftLoop Loop => _loop;

    /// <summary>Hands leadership over and waits until the other member has it.</summary>
    public async ValueTask<EtcdError?> MoveLeaderAsync(ulong target, CancellationToken cancellation)
    {
        if (State.LeaderId == target)
        {
            return null;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(_options.RequestTimeout);
        var (self, old) = (MemberIds.ToText(State.MemberId), MemberIds.ToText(State.LeaderId));
        var started = Stopwatch.GetTimestamp();
        NodeLog.TransferStarting(_logger, self, old, MemberIds.ToText(target));
        _loop.Post(raft => raft.TransferLeader(target));
        while (State.LeaderId != target)
        {
            await Task.Delay(_options.HeartbeatMs, deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (deadline.IsCancellationRequested)
            {
                return EtcdError.TimeoutLeaderTransfer;
            }
        }

        NodeLog.TransferFinished(_logger, self, old, Stopwatch.GetElapsedTime(started));
        return null;
    }

    public void Start()
    {
        _writer.SnapshotSaved = metadata =>
        {
            _applier.Halt();
            SnapshotSaved?.Invoke(metadata);
        };
        _writer.Start();
        _applier.Start();
        _snapshots.Start();
        _loop.Start(_writer, _applier);
    }

    /// <summary>
    /// In a simulation: a turn of one of the loops. True when the loop has more to do without anything new coming; what
    /// a loop throws ends the member.
    /// </summary>
    public bool RunOnce(NodeLoop loop)
    {
        switch (loop)
        {
            case NodeLoop.Raft:
                return _loop.RunOnce();
            case NodeLoop.LogWriter:
                return _writer.RunOnce();
            case NodeLoop.Apply:
                return _applier.RunOnce();
            default:
                _snapshots.RunOnce();
                return false;
        }
    }

    /// <summary>
    /// The apply loop ends first, because it asks the raft loop; what raft hands out after that is applied at the
    /// next start. The log writer ends last, so that everything it was given is on the disk, snapshots among it.
    /// </summary>
    public void Stop()
    {
        _applier.Stop();
        _loop.Stop();
        _snapshots.Stop();
        _writer.Stop();
        _snapshots.Finish();
        _waiters.FailAll(EtcdError.Stopped);
        _reads.Stop(EtcdError.Stopped);
        _applied.FailAll(EtcdError.Stopped);
        _log.Dispose();
    }

    private void VersionChanged(ClusterState cluster, EtcdVersion? before, EtcdVersion now)
    {
        var (clusterId, self) = (MemberIds.ToText(cluster.ClusterId), MemberIds.ToText(cluster.LocalId));
        if (before is not { } known)
        {
            VersionLog.Initial(_logger, clusterId, self, now.ToReleaseString());
            VersionLog.CapabilitiesEnabled(_logger, now.ToReleaseString());
            return;
        }

        VersionLog.Updated(_logger, clusterId, self, known.ToReleaseString(), now.ToReleaseString());
        VersionLog.CapabilitiesEnabled(_logger, now.ToReleaseString());
        if (now < known)
        {
            VersionLog.Lowered(_logger, known.ToString(), now.ToString());
            _snapshots.Force();
        }
    }

    private static RaftNode CreateRaft(MemberOptions options, NodeOptions node, StartingPoint start, out ConfState configuration)
    {
        var raft = new RaftNode(
            new RaftConfig
            {
                Id = start.MemberId,
                ElectionTicks = node.ElectionTicks,
                HeartbeatTicks = 1,
                Storage = new RestartStorage(start.Storage, start.Configuration),
                Randomness = options.Randomness,
                Applied = start.AppliedIndex,
                AsyncStorageWrites = true,
                MaxSizePerMessage = node.MaxSizePerMessage,
                MaxCommittedSizePerReady = node.MaxCommittedBytes,
                MaxInflightMessages = node.MaxInflightMessages,
                CheckQuorum = true,
                PreVote = node.PreVote,
                ReadOnly = node.Simulation?.ReadOnly ?? ReadOnlyMode.Safe,
                LogSink = new RaftLogSink(options.Logging.CreateLogger("EtcdSharp.Raft.RaftNode")),
            }
        );
        if (start.NewMembers.Count != 0)
        {
            // The first entries of a log say who its members are, as if each had been added.
            var peers = start.NewMembers.Select(member => new BootstrapPeer(member.Id, MemberJson.Encode(member)));
            raft.Bootstrap(peers.ToArray());
        }

        configuration = raft.Status().Configuration;
        return raft;
    }
}
