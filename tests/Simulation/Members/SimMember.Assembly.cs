using EtcdSharp.Server;
using EtcdSharp.Server.Apply;
using EtcdSharp.Server.Auth;
using EtcdSharp.Server.Configuration;
using EtcdSharp.Server.Edge.Admission;
using EtcdSharp.Server.Edge.Grpc;
using EtcdSharp.Server.Node;
using EtcdSharp.Server.Peer;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Simulation.Members;

/// <summary>This part puts the program's objects together, as <see cref="Server.Member"/> does.</summary>
internal sealed partial class SimMember
{
    /// <summary>A client has one call under way and there are some lease duties: far fewer than these.</summary>
    private const int RequestsMax = 128;

    private static readonly FeatureGates[] CheckpointGates =
    [
        FeatureGates.Parse("", out _)!,
        FeatureGates.Parse("LeaseCheckpoint=true", out _)!,
        FeatureGates.Parse("LeaseCheckpoint=true,LeaseCheckpointPersist=true", out _)!,
    ];

    private DataDirectory _data = null!;
    private NodeSimulation _simulation = null!;
    private SnapshotReceiver _receiver = null!;
    private StartingPoint _start = null!;
    private LeaseKeeper _leases = null!;
    private LeaseDuties _leaseDuties = null!;
    private RaftPeerEvents _events = null!;
    private long _bootedAt;

    public RaftPeerEvents Events => _events;

    public IReplicatedLog Log { get; private set; } = null!;

    private void Boot()
    {
        ForgetTurns();
        _bootedAt = World.Now;
        _data = new DataDirectory(Disk, Root);
        var options = Options();
        var isNew = !_data.HasLog;
        _start = DefectiveStarts.Tamper(this, NewBootstrap().Run(DescribeSelf()), isNew);
        _simulation = NewSimulation();
        var nodeOptions = Options(_simulation);
        var gates = CheckpointGates[World.Shape.LeaseCheckpoints];
        Store = new MemberStore(options, nodeOptions, _start, gates, new NoTokens());
        Store.Hub.CatchUpWanted = CatchUpSoon;
        _catchUp = null;
        var received = new SnapshotDirectory(Disk, _data.SnapPath, NullLogger.Instance);
        _receiver = new SnapshotReceiver(received, PeerProtocol.SilenceMax, PeerMetrics.Unheard, NullLogger.Instance);
        Node = new MemberNode(options, nodeOptions, _start, Store, _data, Transport);
        State = Node.State;
        Log = new SimLog(this, Node.Log);
        Connect();
        World.Raft.Started(this, _start.Storage);
        World.State.Restored(this);
        Begin();
    }

    private void Connect()
    {
        _events = new RaftPeerEvents(Node.Loop, Id, WasRemoved);
        Transport.Open(_start.Remotes.Concat(Store.Cluster.View.Members).Concat(_start.NewMembers));
        Node.Machine.RemovedFromCluster = WasRemoved;
        Node.SnapshotSaved = metadata => World.After(TearDownDelay(), this, () => ReplaceState(metadata.Index));
        Node.LeadershipChanged = leads =>
        {
            World.Note($"member {Number} {(leads ? "leads" : "leads no more")} in term {Raft.BasicStatus.HardState.Term}");
            if (!leads)
            {
                Store.Lessor.Demote();
            }
            else
            {
                World.Prober.BeganToLead(this);
                DutiesLater();
            }
        };
        var asksNobody = World.Defect == Defect.RenewalByStaleLeader;
        _leases = new LeaseKeeper(
            Store.Lessor,
            asksNobody ? new SimLog(this, Node.Log) { AsksNobody = true } : Log,
            NoOtherLeader.Instance,
            Clock
        );
        _leaseDuties = new LeaseDuties(
            Store.Lessor,
            Log,
            Store.Auth,
            World.Defect == Defect.LeaseExpiresEarly ? new ClockAhead(Clock, 3 * Shape.Second) : Clock,
            NodeMetrics.Unheard
        );
        _dutiesUnderWay = Task.CompletedTask;
    }

    private void Begin()
    {
        Node.Start();
        var publication = new Publication(Log);
        _ = publication.PublishAttributesAsync(_self.Name, [$"http://client-{Number}:2379"], CancellationToken.None);
        TickLater();
        CatchUpSoon();
    }

    private NodeSimulation NewSimulation()
    {
        var incarnation = Incarnation;
        return new NodeSimulation
        {
            Wanted = loop =>
            {
                if (incarnation == Incarnation)
                {
                    Want(loop);
                }
            },
            ReadyMade = ready =>
            {
                World.Raft.Observe(this, ready);
                DefectiveReady.Tamper(this, ready);
            },
            Around = machine => new CheckedStateMachine(this, (StateMachine)machine),
            ReadOnly =
                World.Defect == Defect.StaleReadAfterPause
                    ? EtcdSharp.Raft.ReadOnlyMode.LeaseBased
                    : EtcdSharp.Raft.ReadOnlyMode.Safe,
            WatchBufferBytes = World.Shape.WatchBufferBytes,
            LeaseCheckpointInterval = TimeSpan.FromSeconds(2),
        };
    }

    private MemberOptions Options() =>
        new()
        {
            DataDirectory = Root,
            Disk = Disk,
            Clock = Clock,
            Randomness = World.MemberRandom,
            CompactionBatchLimit = World.Shape.CompactionBatchLimit,
            QuotaBackendBytes = World.Shape.QuotaBytes,
            Fatal = static (part, failure) => throw new Violation("members do not fail", $"{part}: {failure}"),
        };

    private NodeOptions Options(NodeSimulation simulation) =>
        new()
        {
            HeartbeatMs = World.Shape.HeartbeatMs,
            ElectionMs = World.Shape.HeartbeatMs * World.Shape.ElectionTicks,
            PreVote = World.Shape.PreVote,
            ElectionTickAdvance = World.Shape.ElectionTickAdvance,
            SnapshotCount = World.Shape.SnapshotCount,
            SnapshotCatchUpEntries = World.Shape.CatchUpEntries,
            MaxSizePerMessage = World.Shape.MaxSizePerMessage,
            MaxInflightMessages = World.Shape.MaxInflightMessages,
            MaxCommittedBytes = World.Shape.MaxCommittedSize,
            MaxSnapshotFiles = FilesKept,
            MaxWalFiles = FilesKept,
            RequestsMax = RequestsMax,
            Simulation = simulation,
        };

    private Bootstrap NewBootstrap()
    {
        var cluster = Cluster();
        return new Bootstrap(
            Disk,
            _data,
            new WalOptions
            {
                SegmentBytes = World.Shape.SegmentBytes,
                PrepareSegmentsAhead = false,
                Clock = Clock,
            },
            BackendOptions(),
            _ => Joins ? new ExistingCluster(World.ClusterId, cluster) : null,
            NullLogger.Instance
        );
    }

    private BootstrapOptions DescribeSelf() =>
        new()
        {
            Name = _self.Name,
            ClusterToken = "",
            NewCluster = !Joins,
            InitialCluster = [.. Cluster().Select(member => (member.Name, member.PeerUrls))],
        };

    private List<Server.Membership.MemberInfo> Cluster() => Joins ? [.. World.FirstMembers, _self] : [.. World.FirstMembers];

    public static BackendOptions BackendOptions() => new() { OwnThread = false, CommitFailed = static _ => { } };
}
