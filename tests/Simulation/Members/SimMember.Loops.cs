using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Node;
using EtcdSharp.Node.Loops;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Members;

/// <summary>This part stands in for the threads: it gives the program's loops their turns, when and in which order the seed says.</summary>
internal sealed partial class SimMember
{
    private readonly bool[] _wanted = new bool[4];
    private readonly Action[] _turns;
    private readonly Action _tick;
    private readonly Action _duties;
    private readonly Action _commit;
    private readonly Action _compact;
    private readonly Action _catchUpSoon;
    private bool _commitScheduled;
    private bool _compactionScheduled;
    private bool _catchUpScheduled;
    private bool _dutiesScheduled;
    private WatchCatchUp? _catchUp;
    private Task _dutiesUnderWay = Task.CompletedTask;

    private void ForgetTurns()
    {
        Array.Clear(_wanted);
        _barriers.Clear();
        _renewing.Clear();
        _commitScheduled = false;
        _compactionScheduled = false;
        _catchUpScheduled = false;
        _dutiesScheduled = false;
    }

    private void Want(NodeLoop loop)
    {
        if (_wanted[(int)loop])
        {
            return;
        }

        _wanted[(int)loop] = true;
        var delay = DelayOf(loop);
        if (delay == 0)
        {
            World.Soon(this, _turns[(int)loop]);
        }
        else
        {
            World.After(Clock.ToTrue(delay), this, _turns[(int)loop]);
        }
    }

    /// <summary>How long it takes until the system gives a loop's thread a core, or the disk has done what it asked for.</summary>
    private long DelayOf(NodeLoop loop)
    {
        var random = World.DiskRandom;
        return loop switch
        {
            NodeLoop.Raft => random.Next(24) == 0 ? random.Next(2_000_000) : 0,
            NodeLoop.Apply => random.Next(3) != 0 ? 0
            : random.Next(20) == 0 ? random.Next(20_000_000)
            : 10_000 + random.Next(200_000),
            _ => DiskDelay(),
        };
    }

    private long DiskDelay()
    {
        var random = World.DiskRandom;
        return (Shape.Millisecond / 2) + random.Next(random.Next(40) == 0 ? 40_000_000 : 3_000_000) + DiskFaults.SlowNanoseconds;
    }

    private void Turn(NodeLoop loop)
    {
        _wanted[(int)loop] = false;
        var incarnation = Incarnation;
        var hasMore = Node.RunOnce(loop);
        if (incarnation != Incarnation)
        {
            return;
        }

        LetReadersGoOn();
        if (loop == NodeLoop.Apply)
        {
            DefectiveEntries.AfterTurn(this);
        }

        if (hasMore && loop != NodeLoop.LogWriter)
        {
            Want(loop);
        }
    }

    private void TickLater() =>
        World.After(Clock.ToTrue(Node.Loop.NextTickNanoseconds - Clock.MonotonicNanoseconds) + 1, this, _tick);

    private void Tick()
    {
        Turn(NodeLoop.Raft);
        TickLater();
    }

    /// <summary>Leases expire on the leader alone; what is due goes through the log, by the leader's own proposals.</summary>
    private void TickDuties()
    {
        _dutiesScheduled = false;
        if (!Log.IsLeader)
        {
            return;
        }

        DutiesLater();
        if (_dutiesUnderWay.IsCompleted)
        {
            _dutiesUnderWay.GetAwaiter().GetResult();
            _dutiesUnderWay = _leaseDuties.TickAsync(CancellationToken.None);
        }
    }

    private void DutiesLater()
    {
        if (!_dutiesScheduled)
        {
            _dutiesScheduled = true;
            World.After(Clock.ToTrue(500 * Shape.Millisecond), this, _duties);
        }
    }

    /// <summary>An entry has been applied: the backend commits before long, and a compaction may have something to do.</summary>
    public void AppliedSomething()
    {
        if (!_commitScheduled)
        {
            _commitScheduled = true;
            World.After(Clock.ToTrue(World.DiskRandom.Next(200_000_000)), this, _commit);
        }

        CompactSoon();
    }

    private void Commit()
    {
        _commitScheduled = false;
        Store.Backend.ForceCommit();
    }

    private void CompactSoon()
    {
        if (!_compactionScheduled)
        {
            _compactionScheduled = true;
            World.After(Clock.ToTrue(World.DiskRandom.Next(100_000_000)), this, _compact);
        }
    }

    private void CompactOnDisk()
    {
        _compactionScheduled = false;
        if (Store.Kv.CompactStep())
        {
            DefectiveEntries.AfterCompaction(World, this);
            CompactSoon();
        }
    }

    private void CatchUpSoon()
    {
        if (!_catchUpScheduled)
        {
            _catchUpScheduled = true;
            World.After(Clock.ToTrue(World.MemberRandom.Next(20_000_000)), this, _catchUpSoon);
        }
    }

    private void CatchUp()
    {
        _catchUpScheduled = false;
        _catchUp ??= new WatchCatchUp(Store.Hub);
        if (_catchUp.Step() != WatchCatchUpStep.Idle)
        {
            CatchUpSoon();
        }
    }

    public void Defragment()
    {
        DiskFaults.IsDefragmenting = true;
        try
        {
            Store.Backend.Defragment();
        }
        finally
        {
            DiskFaults.IsDefragmenting = false;
        }
    }
}
