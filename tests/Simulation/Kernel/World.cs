using EtcdSharp.Platform.Simulated;
using EtcdSharp.Simulation.Checking;
using EtcdSharp.Simulation.Clients;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Members;

namespace EtcdSharp.Simulation.Kernel;

/// <summary>
/// Everything there is in one run: members, network, clients, and true time, which goes from event to event. One
/// thread; events at one time run in the order they were asked for; every choice comes from the seed.
/// </summary>
internal sealed class World
{
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private long _order;
    private ulong _lastId = 1_000;

    public World(Shape shape, Defect defect)
    {
        Shape = shape;
        Defect = defect;
        Network = new Network(this, new SeededRandom(shape.Seed ^ 0x4E4554));
        DiskRandom = new SeededRandom(shape.Seed ^ 0x4449534B);
        WorkRandom = new SeededRandom(shape.Seed ^ 0x574F524B);
        MemberRandom = new SeededRandom(shape.Seed ^ 0x4D454D42);
        Model = new ReplicatedModel();
        Leases = new LeaseLedger(this);
        Raft = new RaftChecks(this);
        State = new StateChecks(this);
        Clients = new ClientHistory(this);
        Prober = new Prober(this);
    }

    public Shape Shape { get; }

    public Defect Defect { get; }

    /// <summary>True time in nanoseconds since the beginning of the run.</summary>
    public long Now { get; private set; }

    public long EventCount { get; private set; }

    public Network Network { get; }

    public SeededRandom DiskRandom { get; }

    public SeededRandom WorkRandom { get; }

    public SeededRandom MemberRandom { get; }

    public ReplicatedModel Model { get; }

    public LeaseLedger Leases { get; }

    public RaftChecks Raft { get; }

    public StateChecks State { get; }

    public ClientHistory Clients { get; }

    public Prober Prober { get; }

    /// <summary>All members that ever were, by ascending id.</summary>
    public List<SimMember> Members { get; } = [];

    /// <summary>True once faults are over and clients stop changing things.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Set to record what happens, for the report on a failure.</summary>
    public List<string>? Journal { get; set; }

    public void Note(string text) => Journal?.Add($"{Now / 1e9, 10:F4}s {text}");

    public ulong NextId() => ++_lastId;

    public SimMember Member(ulong id) => Members[(int)id - 1];

    public void After(long nanoseconds, Action action) => _events.Enqueue(action, (Now + Math.Max(0, nanoseconds), _order++));

    /// <summary>Runs events up to a moment; false when the condition came true before.</summary>
    public bool RunUntil(long end, Func<bool>? done = null)
    {
        while (_events.TryPeek(out _, out var at) && at.Time <= end)
        {
            var action = _events.Dequeue();
            Now = at.Time;
            EventCount++;
            action();
            if (done is not null && done())
            {
                return false;
            }
        }

        Now = end;
        return true;
    }

    public void Close()
    {
        foreach (var member in Members)
        {
            member.Disk.ReleaseMaps();
        }
    }
}
