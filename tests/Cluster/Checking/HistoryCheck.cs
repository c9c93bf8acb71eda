using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Cluster.Clients;
using EtcdSharp.Simulation.Clients;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Cluster.Checking;

/// <summary>
/// Judges a history: the checker of the simulation for linearizability, etcd's guarantees for watches, and the promises
/// about leases. Throws at the first that is broken.
/// </summary>
internal sealed class HistoryCheck(History history, IReadOnlyList<Change> changes)
{
    private readonly World _world = new(Shape.Of(1, 1), Defect.None);

    public int AnsweredWrites => _world.Clients.AnsweredWrites;

    public int AnsweredReads => _world.Clients.AnsweredReads;

    public int WatchEvents { get; private set; }

    public int WatchProgress { get; private set; }

    public int LeasesJudged { get; private set; }

    /// <exception cref="Violation">A guarantee is broken.</exception>
    public void Linearizability()
    {
        var log = new CommonLog(_world, history.Calls, changes);
        log.Feed(changes);
        var invoked = new Dictionary<ulong, Operation>();
        var moments = history
            .Calls.Select(call => (At: call.InvokedAt, IsAnswer: false, Call: call))
            .Concat(
                history
                    .Calls.Where(call => call.Answer is not null)
                    .Select(call => (At: call.AnsweredAt!.Value, IsAnswer: true, Call: call))
            )
            .OrderBy(moment => moment.At)
            .ThenBy(moment => moment.IsAnswer);
        foreach (var (_, isAnswer, call) in moments)
        {
            if (isAnswer)
            {
                _world.Clients.Answered(invoked[call.Id], call.Answer!);
                continue;
            }

            var operation = _world.Clients.Invoked(new Operation(call.Id, call.Kind, call.Request, call.IsSerializable));
            invoked[call.Id] = operation;
            if (log.RevisionOf.TryGetValue(call.Id, out var revision) && revision <= operation.KnownRevision)
            {
                throw new Violation(
                    "linearizability",
                    $"request {call.Id} made revision {revision}, but {operation.KnownRevision} was known before it began"
                );
            }
        }
    }

    /// <summary>Ordered, unique, reliable, atomic, resumable, bookmarkable.</summary>
    /// <param name="mayLagInProgress">Members whose progress may name less than the client knows from others; real etcd's may.</param>
    /// <exception cref="Violation">A guarantee is broken.</exception>
    public void Watch(IReadOnlyList<Delivery> deliveries, Func<string, bool> mayLagInProgress)
    {
        var next = 1L;
        foreach (var delivery in deliveries)
        {
            if (delivery.IsCanceled)
            {
                continue;
            }

            next =
                delivery.Events.Count != 0 ? Events(delivery, next) : Progress(delivery, next, mayLagInProgress(delivery.Member));
        }

        if (next <= _world.Model.Revision)
        {
            throw new Violation("watch: reliable", $"a watch ended at {next - 1}; the last revision is {_world.Model.Revision}");
        }
    }

    /// <summary>A key goes no sooner than was promised when its lease was renewed last.</summary>
    /// <exception cref="Violation">A guarantee is broken.</exception>
    public void Leases(IEnumerable<Delivery> deliveries)
    {
        var gone = deliveries
            .SelectMany(delivery =>
                delivery.Events.Where(IsLeaseEnd).Select(one => (Key: one.Kv.Key.ToStringUtf8(), delivery.ArrivedAt))
            )
            .GroupBy(end => end.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Min(end => end.ArrivedAt), StringComparer.Ordinal);
        foreach (var promise in history.Promises)
        {
            if (!gone.TryGetValue(promise.Key, out var goneAt))
            {
                continue;
            }

            LeasesJudged++;
            if (goneAt < promise.KeptUntil)
            {
                throw new Violation(
                    "leases last",
                    $"{promise.Key} was gone at {goneAt / 1e9:F4}s; {promise.Member} promised {promise.TtlSeconds}s in a call from {promise.InvokedAt / 1e9:F4}s to {promise.AnsweredAt / 1e9:F4}s"
                );
            }
        }
    }

    private static bool IsLeaseEnd(Event one) =>
        one.Type == Event.Types.EventType.Delete && one.Kv.Key.ToStringUtf8().StartsWith("l/", StringComparison.Ordinal);

    private long Events(Delivery delivery, long next)
    {
        var first = delivery.Events[0].Kv.ModRevision;
        var last = delivery.Events[^1].Kv.ModRevision;
        if (first < next)
        {
            throw new Violation(
                "watch: ordered and unique",
                $"{delivery.Member} delivers {first} to a watch that has reached {next - 1}"
            );
        }

        if (delivery.Revision < last || last > _world.Model.Revision)
        {
            throw new Violation(
                "watch: reliable",
                $"{delivery.Member} delivers {last} under header {delivery.Revision}, committed is {_world.Model.Revision}"
            );
        }

        var expected = _world.Model.EventsBetween(next, last).ToList();
        var same =
            expected.Count == delivery.Events.Count
            && expected
                .Zip(delivery.Events)
                .All(pair =>
                    pair.First.IsDelete == (pair.Second.Type == Event.Types.EventType.Delete)
                    && pair.First.Value.Equals(pair.Second.Kv)
                );
        if (!same)
        {
            throw new Violation(
                "watch: reliable and atomic",
                $"{delivery.Member} delivers {delivery.Events.Count} events up to {last} to a watch that has reached {next - 1}; there are {expected.Count}, or others"
            );
        }

        WatchEvents += expected.Count;
        return last + 1;
    }

    private long Progress(Delivery delivery, long next, bool mayLag)
    {
        WatchProgress++;
        if (delivery.Revision < next - 1)
        {
            return mayLag
                ? next
                : throw new Violation(
                    "watch: bookmarkable",
                    $"{delivery.Member}: progress at {delivery.Revision} for a watch that has reached {next - 1}"
                );
        }

        if (_world.Model.EventsBetween(next, delivery.Revision).FirstOrDefault() is { } missing)
        {
            throw new Violation(
                "watch: bookmarkable",
                $"{delivery.Member}: progress at {delivery.Revision}, but {missing.Revision} did not come"
            );
        }

        return delivery.Revision + 1;
    }
}
