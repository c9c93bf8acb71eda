using System.Runtime.CompilerServices;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Replica.Membership;
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
    private readonly PriorityQueue<WorldEvent, (long Time, long Order)> _events = new();
    private readonly Queue<WorldEvent> _soon = new();
    private readonly Dictionary<ulong, SimMember> _byId = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _order;
    private readonly List<SimMember> _members = [];
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
        FirstMembers = [.. Enumerable.Range(1, shape.Members).Select(SimMember.Describe)];
        ClusterId = MemberIds.ForCluster(FirstMembers.Select(member => member.Id));
    }

    public Shape Shape { get; }

    public ulong ClusterId { get; }

    public IReadOnlyList<MemberInfo> FirstMembers { get; }

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

    /// <summary>All members that ever were, by ascending number.</summary>
    public IReadOnlyList<SimMember> Members => _members;

    /// <summary>True once faults are over and clients stop changing things.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Set to record what happens, for the report on a failure.</summary>
    public List<string>? Journal { get; set; }

    /// <summary>Everything happens on one thread; work that gets away to another one would make the order a matter of chance.</summary>
    private void RequireOwnThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("the simulation is used on another thread");
        }
    }

    public void Note([InterpolatedStringHandlerArgument("")] NoteText text) => Journal?.Add($"{Now / 1e9, 10:F4}s {text.Take()}");

    public ulong NextId() => ++_lastId;

    public SimMember AddMember(bool joins)
    {
        var member = new SimMember(this, _members.Count + 1, joins);
        _members.Add(member);
        _byId.Add(member.Id, member);
        return member;
    }

    public SimMember? Find(ulong id) => _byId.GetValueOrDefault(id);

    public void After(long nanoseconds, Action action) => After(nanoseconds, null, action);

    /// <summary>Something that the present incarnation of a member is to do, and no other one.</summary>
    public void After(long nanoseconds, SimMember? member, Action action)
    {
        RequireOwnThread();
        _events.Enqueue(new WorldEvent(action, member, member?.Incarnation ?? 0), (Now + Math.Max(0, nanoseconds), _order++));
    }

    /// <summary>The same, as the next thing that happens at all.</summary>
    public void Soon(SimMember member, Action action)
    {
        RequireOwnThread();
        _soon.Enqueue(new WorldEvent(action, member, member.Incarnation));
    }

    /// <summary>Runs events up to a moment; false when the condition came true before.</summary>
    public bool RunUntil(long end, Func<bool>? done = null)
    {
        while (_events.TryPeek(out _, out var at) && at.Time <= end)
        {
            Now = at.Time;
            Happen(_events.Dequeue());
            while (_soon.TryDequeue(out var next))
            {
                Happen(next);
            }

            if (done is not null && done())
            {
                return false;
            }
        }

        Now = end;
        return true;
    }

    private void Happen(in WorldEvent next)
    {
        EventCount++;
        if (next.Member is null)
        {
            next.Action();
        }
        else if (next.Incarnation == next.Member.Incarnation)
        {
            next.Member.Do(next.Action);
        }
    }

    public void Close()
    {
        foreach (var member in Members)
        {
            member.Disk.ReleaseMaps();
        }
    }
}
