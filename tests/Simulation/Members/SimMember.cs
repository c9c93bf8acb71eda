using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Raft;
using EtcdSharp.Server.Membership;
using EtcdSharp.Server.Node;
using EtcdSharp.Simulation.Clients;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Simulation.Members;

/// <summary>
/// One member: the program's objects, pumped by the world instead of by threads. A start makes a new incarnation; what
/// was asked for by an earlier one does not happen any more. This part is its life: start, pause, crash.
/// </summary>
internal sealed partial class SimMember
{
    private const string Root = "/data";

    /// <summary>By where they come from: a socket of a peer, of a client, or the process itself.</summary>
    private readonly Queue<Action>[] _heldUp = [new(), new(), new()];
    private readonly ulong _diskSeed;
    private WalOptions _walOptions = null!;
    private WriteAheadLog _wal = null!;
    private SnapshotDirectory _snap = null!;
    private DataDirectory _data = null!;
    private MemoryStorage _storage = null!;

    public SimMember(World world, ulong id, bool joins)
    {
        World = world;
        Id = id;
        Joins = joins;
        _diskSeed = world.MemberRandom.NextUInt64();
        var rate = 1 + ((world.MemberRandom.Next(2001) - 1000) / 1000.0 * world.Shape.ClockSpread);
        Clock = new SimulatedClock(world, rate, world.MemberRandom.Next(1_000_000) * 1_000L);
        Disk = new MemoryDisk();
        Hub = new WatchHub(world.Shape.WatchBufferBytes);
        State = new NodeState(id);
    }

    public World World { get; }

    public ulong Id { get; }

    /// <summary>Was added to a running cluster, so its log begins empty.</summary>
    public bool Joins { get; }

    public SimulatedClock Clock { get; }

    public MemoryDisk Disk { get; private set; }

    public DiskFaults DiskFaults { get; } = new();

    public int Incarnation { get; private set; }

    public bool IsUp { get; private set; }

    public bool IsPaused { get; private set; }

    public bool IsRemoved { get; private set; }

    /// <summary>False until there is something on its disk that a crash must not lose all of.</summary>
    public bool MayCrash => IsUp && State.AppliedIndex > 0;

    public NodeState State { get; private set; }

    public RaftNode Node { get; private set; } = null!;

    public ReplicatedState Replica { get; private set; } = null!;

    public WatchHub Hub { get; private set; }

    public void Start()
    {
        Incarnation++;
        IsUp = true;
        DiskFaults.Arm(this);
        Guard(Boot);
    }

    /// <summary>Runs something on the member now, or as soon as it is not paused any more.</summary>
    public void Do(Action action, WorkSource source = WorkSource.Own)
    {
        if (!IsUp)
        {
            return;
        }

        if (IsPaused)
        {
            _heldUp[(int)source].Enqueue(action);
            return;
        }

        Guard(action);
    }

    public void After(long nanoseconds, Action action)
    {
        var incarnation = Incarnation;
        World.After(
            nanoseconds,
            () =>
            {
                if (incarnation == Incarnation)
                {
                    Do(action);
                }
            }
        );
    }

    public void Pause()
    {
        IsPaused = true;
    }

    public void Resume()
    {
        IsPaused = false;

        // Each source keeps its order; after a pause nobody knows which of them the process gets to first.
        var incarnation = Incarnation;
        while (IsUp && !IsPaused && incarnation == Incarnation && Array.Exists(_heldUp, queue => queue.Count != 0))
        {
            var queue = _heldUp[World.MemberRandom.Next(_heldUp.Length)];
            for (
                var run = 1 + World.MemberRandom.Next(10);
                run > 0 && incarnation == Incarnation && queue.TryDequeue(out var action);
                run--
            )
            {
                Do(action);
            }
        }
    }

    /// <summary>Ends the process; with the power, what was not synced is lost, torn or kept, as the seed says.</summary>
    public void Crash(bool powerLoss)
    {
        if (!IsUp)
        {
            return;
        }

        World.Note($"member {Id} {(powerLoss ? "loses power" : "is killed")}");
        End();
        Disk.Intercept = null;
        var old = Disk;
        Disk = powerLoss ? old.AfterPowerLoss(_diskSeed + (ulong)Incarnation) : old.AfterProcessCrash();
        old.ReleaseMaps();
    }

    /// <summary>Somebody takes away a member that the cluster does not know or does not know any more.</summary>
    public void Retire()
    {
        IsRemoved = true;
        Crash(powerLoss: false);
    }

    public void WasRemoved()
    {
        IsRemoved = true;
        After(World.Shape.ElectionNanoseconds, () => Crash(powerLoss: false));
    }

    private void End()
    {
        IsUp = false;
        IsPaused = false;
        Incarnation++;
        Array.ForEach(_heldUp, queue => queue.Clear());
        ForgetWork();
        ForgetClients();
        World.Raft.Stopped(this);
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (PowerCut)
        {
            Crash(powerLoss: true);
            ComeBackLater();
        }
        catch (IOException e) when (DiskFaults.IsFailing)
        {
            // A disk that fails ends the process (LogWriter and BackendStore do not go on after it).
            World.Note($"member {Id} ends: {e.Message}");
            Crash(powerLoss: false);
            ComeBackLater();
        }
    }

    /// <summary>Something restarts what ended by itself; by then the disk works again.</summary>
    private void ComeBackLater()
    {
        var incarnation = Incarnation;
        World.After(
            Shape.Second + World.MemberRandom.Next(2_000_000_000),
            () =>
            {
                if (!IsUp && incarnation == Incarnation && !IsRemoved)
                {
                    DiskFaults.Heal(this);
                    Start();
                }
            }
        );
    }

    private void Boot()
    {
        _data = new DataDirectory(Disk, Root);
        _walOptions = new WalOptions
        {
            SegmentBytes = World.Shape.SegmentBytes,
            PrepareSegmentsAhead = false,
            Clock = Clock,
        };
        Hub = new WatchHub(World.Shape.WatchBufferBytes) { CatchUpWanted = CatchUpSoon };
        _catchUp = null;
        State = new NodeState(Id);
        _snap = new SnapshotDirectory(Disk, _data.SnapPath, NullLogger.Instance);
        var isNew = !_data.HasLog;
        var start = isNew ? StartNew() : Restart();
        _wal = start.Log;
        _storage = start.Storage;
        State.PublishApplied(start.AppliedIndex, start.AppliedTerm);
        Node = new RaftNode(Configure(start));
        if (isNew && !Joins)
        {
            Node.Bootstrap([.. World.Members.Where(member => !member.Joins).Select(FirstPeer)]);
        }

        BeginReads();
        Replica = ReplicatedState.Open(this, start.Backend);
        _lastSnapshotIndex = start.SnapshotIndex;
        World.Raft.Started(this, _storage);
        World.State.Restored(this);
        ConfigurationChanged(Node.Status().Configuration);
        BeginTimers();
        Pump();
    }

    private RaftConfig Configure(StartingPoint start) =>
        new()
        {
            Id = Id,
            ElectionTicks = World.Shape.ElectionTicks,
            HeartbeatTicks = 1,
            Storage = new RestartStorage(start.Storage, start.Configuration),
            Randomness = World.MemberRandom,
            Applied = start.AppliedIndex,
            AsyncStorageWrites = true,
            MaxSizePerMessage = World.Shape.MaxSizePerMessage,
            MaxCommittedSizePerReady = World.Shape.MaxCommittedSize,
            MaxInflightMessages = World.Shape.MaxInflightMessages,
            CheckQuorum = true,
            PreVote = World.Shape.PreVote,
            ReadOnly = World.Defect == Defect.StaleReadAfterPause ? ReadOnlyMode.LeaseBased : ReadOnlyMode.Safe,
        };

    private static BootstrapPeer FirstPeer(SimMember member) => new(member.Id, MemberJson.Encode(Describe(member.Id)));

    public static MemberInfo Describe(ulong id, bool isLearner = false) =>
        new(id, [$"http://member-{id}:2380"], isLearner, $"member-{id}");

    private StartingPoint StartNew()
    {
        _data.Create();
        var backend = BackendStore.Open(Disk, _data.StorePath, BackendOptions());
        return new StartingPoint
        {
            MemberId = Id,
            ClusterId = ReplicatedState.ClusterId,
            Backend = backend,
            Log = WriteAheadLog.Create(Disk, _data.WalPath, Metadata(), _walOptions),
            Storage = new MemoryStorage(),
            Configuration = ConfState.Empty,
        };
    }

    private StartingPoint Restart()
    {
        var options = new BootstrapOptions
        {
            Name = "",
            InitialCluster = [],
            ClusterToken = "",
        };
        var start = new Bootstrap(Disk, _data, _walOptions, BackendOptions(), static _ => null, NullLogger.Instance).Run(options);
        if (World.Defect == Defect.AppliedTwice && start.Backend.ConsistentIndex > start.SnapshotIndex + 1)
        {
            start.Backend.SetConsistentIndex(start.Backend.ConsistentIndex - 1, start.Backend.ConsistentTerm);
            start = start with { AppliedIndex = start.AppliedIndex - 1 };
        }

        return start;
    }

    private static BackendOptions BackendOptions() => new() { OwnThread = false, CommitFailed = static _ => { } };

    /// <summary>The record that a log begins with: member and cluster (etcdserverpb.Metadata).</summary>
    private byte[] Metadata()
    {
        var bytes = new byte[ProtoWriter.SizeOfField(1, Id) + ProtoWriter.SizeOfField(2, ReplicatedState.ClusterId)];
        var writer = new ProtoWriter(bytes);
        writer.WriteField(1, Id);
        writer.WriteField(2, ReplicatedState.ClusterId);
        return bytes;
    }
}
