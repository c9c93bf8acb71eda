using EtcdSharp.Node;
using EtcdSharp.Node.Loops;
using EtcdSharp.Node.Snapshots;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Server;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Members;

/// <summary>
/// One member: the program's objects, with the world in the place of threads, network, disk and clock. A start makes a
/// new incarnation; what was asked for by an earlier one does not happen any more. This part is its life: start, pause,
/// crash.
/// </summary>
internal sealed partial class SimMember
{
    private const string Root = "/data";

    /// <summary>By where they come from: a socket of a peer, of a client, or the process itself.</summary>
    private readonly Queue<Action>[] _heldUp = [new(), new(), new()];
    private readonly ulong _diskSeed;
    private readonly MemberInfo _self;

    public SimMember(World world, int number, bool joins)
    {
        World = world;
        Number = number;
        _self = Describe(number);
        Joins = joins;
        _diskSeed = world.MemberRandom.NextUInt64();
        var rate = 1 + ((world.MemberRandom.Next(2001) - 1000) / 1000.0 * world.Shape.ClockSpread);
        Clock = new SimulatedClock(world, rate, world.MemberRandom.Next(1_000_000) * 1_000L);
        Disk = new MemoryDisk();
        State = new NodeState(Id);
        Transport = new SimTransport(this);
        _commit = Commit;
        _compact = CompactOnDisk;
        _catchUpSoon = CatchUp;
        _duties = TickDuties;
        _tick = Tick;
        _turns =
        [
            () => Turn(NodeLoop.Raft),
            () => Turn(NodeLoop.LogWriter),
            () => Turn(NodeLoop.Apply),
            () => Turn(NodeLoop.Snapshots),
        ];
    }

    public World World { get; }

    public int Number { get; }

    public ulong Id => _self.Id;

    /// <summary>Was added to a running cluster, so its log begins empty.</summary>
    public bool Joins { get; }

    public SimulatedClock Clock { get; }

    public MemoryDisk Disk { get; private set; }

    public DiskFaults DiskFaults { get; } = new();

    public SimTransport Transport { get; }

    public int Incarnation { get; private set; }

    public bool IsUp { get; private set; }

    public bool IsPaused { get; private set; }

    public bool IsRemoved { get; private set; }

    public NodeState State { get; private set; }

    /// <summary>The consensus state machine of the present incarnation, to look at.</summary>
    public RaftNode Raft => _simulation.Raft;

    public MemberStore Store { get; private set; } = null!;

    public MemberNode Node { get; private set; } = null!;

    public static MemberInfo Describe(int number)
    {
        IReadOnlyList<string> urls = [$"http://member-{number}:2380"];
        return new MemberInfo(MemberIds.ForMember(urls, ""), urls, Name: $"member-{number}");
    }

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

        World.Note($"member {Number} {(powerLoss ? "loses power" : "is killed")}");
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

    /// <summary>The member has learned that it was removed; it goes on for a moment, so that whoever removed it gets the answer.</summary>
    public void WasRemoved()
    {
        IsRemoved = true;
        World.After(World.Shape.ElectionNanoseconds, this, () => Crash(powerLoss: false));
    }

    private void End()
    {
        IsUp = false;
        IsPaused = false;
        Incarnation++;
        Array.ForEach(_heldUp, queue => queue.Clear());
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
            // A disk that fails ends the process: no loop goes on after it.
            World.Note($"member {Number} ends: {e.Message}");
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
}
