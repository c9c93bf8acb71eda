using EtcdSharp.Replica.Requests;
using EtcdSharp.Simulation.Clients;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Simulation.Members;

namespace EtcdSharp.Simulation.Running;

/// <summary>One run: a cluster from a seed, faults for a while, then everything is mended and must come to rest.</summary>
internal static class SeedRun
{
    private const long RecoveryMax = 120 * Shape.Second;
    private const int JournalMax = 200;

    public static RunResult Run(RunOptions options)
    {
        // With a context to go on in, what awaits would go on where the order is not the seed's.
        SynchronizationContext.SetSynchronizationContext(null);
        var world = new World(options.Shape, options.Defect) { Journal = options.WithJournal ? [] : null };
        var schedule = options.Faults ?? FaultSchedule.Of(world.Shape);
        var nemesis = new Nemesis(world);
        List<SimWatcher> watchers = [];
        string? guarantee = null;
        var detail = "";
        try
        {
            Play(world, nemesis, schedule, watchers);
        }
        catch (Violation violation)
        {
            (guarantee, detail) = (violation.Guarantee, violation.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever a member throws that no fault excuses would have ended its process.
            (guarantee, detail) = (
                $"members do not fail ({e.GetType().Name})",
                options.WithJournal ? e.ToString() : e.Message + e.StackTrace?.Split('\n').FirstOrDefault()
            );
        }
        finally
        {
            world.Close();
        }

        return Describe(world, schedule, watchers, guarantee, detail) with
        {
            Options = options,
            FaultsHappened = nemesis.Happened,
        };
    }

    private static void Play(World world, Nemesis nemesis, IReadOnlyList<Fault> faults, List<SimWatcher> watchers)
    {
        for (var number = 1; number <= world.Shape.Members; number++)
        {
            world.AddMember(joins: false);
        }

        foreach (var member in world.Members.ToArray())
        {
            member.Start();
        }

        for (var i = 1; i <= world.Shape.Clients; i++)
        {
            new SimClient(world, i).Start();
        }

        for (var i = 1; i <= world.Shape.Watchers; i++)
        {
            watchers.Add(new SimWatcher(world, i));
            watchers[^1].Start();
        }

        nemesis.Begin(faults);
        world.RunUntil(world.Shape.FaultNanoseconds);
        nemesis.MendAll();
        Recover(world, watchers);
    }

    private static void Recover(World world, List<SimWatcher> watchers)
    {
        var end = world.Now + RecoveryMax;
        world.After(
            15 * Shape.Second,
            () =>
            {
                world.IsEnding = true;
                watchers.ForEach(watcher => watcher.Hurry());
                world.Members.Except(InConfiguration(world)).ToList().ForEach(one => one.Retire());
            }
        );
        world.After(18 * Shape.Second, () => AskRemovedForHelp(world));
        world.After(24 * Shape.Second, () => ProposeLast(world));
        var step = 0;
        if (
            world.RunUntil(
                end,
                () => ++step % 64 == 0 && world.Now > end - RecoveryMax + (25 * Shape.Second) && IsAtRest(world, watchers)
            )
        )
        {
            throw new Violation("recovery", Describe(world, watchers));
        }

        foreach (var member in InConfiguration(world))
        {
            world.State.Whole(member, member.Store.Backend.ConsistentIndex);
            world.State.CompareHash(member);
        }
    }

    /// <summary>
    /// When the last of two forgets that the other one's removal was committed, it needs that one's vote once more, and
    /// an operator has to start the removed one again. Raft has no other way.
    /// </summary>
    private static void AskRemovedForHelp(World world)
    {
        if (!world.Members.Any(one => one.IsUp && one.State.IsLeader))
        {
            foreach (var member in world.Members.Where(one => one.IsRemoved && !one.IsUp))
            {
                member.DiskFaults.Heal(member);
                member.Start();
            }
        }

        world.After(10 * Shape.Second, () => AskRemovedForHelp(world));
    }

    /// <summary>Progress must be possible again, whatever has happened.</summary>
    private static void ProposeLast(World world)
    {
        List<Operation> operations =
            world.Shape.QuotaBytes < 0 ? [] : [.. world.Members.Select(one => SimClient.Disarm(world, one))];
        operations.Add(
            new Operation(
                world.NextId(),
                RequestKind.Put,
                new Api.PutRequest { Key = Google.Protobuf.ByteString.CopyFromUtf8("klast") }
            )
        );
        foreach (var member in InConfiguration(world).Where(one => one.State.IsLeader))
        {
            operations.ForEach(operation => member.Do(() => member.Handle(operation, static _ => { })));
        }

        world.After(
            5 * Shape.Second,
            () =>
            {
                if (world.Model.ValueAt("klast", long.MaxValue) is null)
                {
                    ProposeLast(world);
                }
            }
        );
    }

    private static bool IsAtRest(World world, List<SimWatcher> watchers) =>
        world.Model.ValueAt("klast", long.MaxValue) is not null
        && InConfiguration(world).All(one => one.IsUp && one.State.AppliedIndex == world.Raft.CommittedIndex)
        && watchers.TrueForAll(watcher => watcher.HasSeenEverything);

    /// <summary>Those that count: members that the newest applied membership names.</summary>
    private static List<SimMember> InConfiguration(World world)
    {
        var newest = world.Members.Where(one => one.IsUp).MaxBy(one => one.State.AppliedIndex);
        return newest is null
            ? []
            : [.. world.Members.Where(one => !one.IsRemoved && newest.Store.Cluster.View.Find(one.Id) is not null)];
    }

    private static string Describe(World world, List<SimWatcher> watchers) =>
        $"no rest after {RecoveryMax / 1e9:F0}s without faults; committed {world.Raft.CommittedIndex}, "
        + string.Join(
            ", ",
            world.Members.Select(one =>
                $"{one.Number}{(one.IsRemoved ? " removed" : one.IsUp ? "" : " down")} applied {one.State.AppliedIndex} leader {one.State.LeaderId} term {one.State.RaftTerm}"
            )
        )
        + $", {watchers.Count(watcher => !watcher.HasSeenEverything)} watchers behind, leaders see "
        + string.Join(", ", world.Members.Where(one => one.IsUp).SelectMany(one => one.Raft.Status().Progress));

    private static RunResult Describe(
        World world,
        IReadOnlyList<Fault> faults,
        List<SimWatcher> watchers,
        string? guarantee,
        string detail
    ) =>
        new()
        {
            Options = null!,
            Guarantee = guarantee,
            Detail = detail,
            SimulatedNanoseconds = world.Now,
            Events = world.EventCount,
            CommittedEntries = world.Raft.CommittedIndex,
            Elections = world.Raft.Elections,
            AnsweredWrites = world.Clients.AnsweredWrites,
            AnsweredReads = world.Clients.AnsweredReads,
            WatchEvents = watchers.Sum(watcher => watcher.EventsSeen),
            WatchProgress = watchers.Sum(watcher => watcher.ProgressSeen),
            WatchCompactions = watchers.Sum(watcher => watcher.CompactionsSeen),
            ExpiredLeases = world.Leases.Expired,
            InstalledSnapshots = world.Members.Sum(member => member.InstalledCount),
            Messages = world.Network.MessagesSent,
            MessagesEncoded = world.Network.MessagesEncoded,
            LeaseCheckpoints = world.Model.LeaseCheckpoints,
            AlarmsRaised = world.Model.AlarmsRaised,
            LearnersAdded = world.Model.LearnersAdded,
            LearnersPromoted = world.Model.VotersAdded - world.Shape.Members,
            MembersRemoved = world.Model.MembersRemoved,
            HashesCompared = world.State.HashesCompared,
            Fingerprint =
                world.WorkRandom.NextUInt64()
                ^ world.MemberRandom.NextUInt64()
                ^ (ulong)world.EventCount
                ^ ((ulong)world.Now << 20),
            Faults = faults,
            Journal = world.Journal is { } journal ? journal.TakeLast(JournalMax).ToList() : [],
        };
}
