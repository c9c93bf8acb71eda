using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Cluster.Client;

/// <summary>Compares what the client said with what the store holds, all of it: nothing was compacted.</summary>
/// <param name="history">All events in the order of revisions.</param>
internal sealed class ClientCheck(IReadOnlyList<Event> history)
{
    private readonly ILookup<string, Event> _byValue = history
        .Where(static one => one.Type == Event.Types.EventType.Put)
        .ToLookup(static one => one.Kv.Value.ToStringUtf8(), StringComparer.Ordinal);

    private readonly ILookup<string, Event> _deletions = history
        .Where(static one => one.Type == Event.Types.EventType.Delete)
        .ToLookup(static one => one.Kv.Key.ToStringUtf8(), StringComparer.Ordinal);

    /// <summary>A write is never reported wrongly: what is said to be done is there once and at its revision, what is said not to be done is not.</summary>
    public void Writes(IReadOnlyCollection<WriteRecord> writes, (int Done, int Unknown) counted)
    {
        foreach (var write in writes)
        {
            Write(write);
        }

        var known = writes.Where(static write => write.Value is not null).Select(static write => write.Value!);
        var told = known.ToHashSet(StringComparer.Ordinal);
        foreach (var one in history.Where(static one => IsWriters(Key(one)) && one.Type == Event.Types.EventType.Put))
        {
            Require(told.Contains(one.Kv.Value.ToStringUtf8()), "nothing is invented", Text(one));
        }

        var additions = history.Count(static one => Key(one) == Writer.Counter);
        Require(
            additions >= counted.Done && additions <= counted.Done + counted.Unknown,
            "atomic",
            $"{counted.Done} additions were done, {counted.Unknown} perhaps, and the counter was written {additions} times"
        );
    }

    private void Write(WriteRecord write)
    {
        var events = (write.Value is null ? _deletions[write.Key] : _byValue[write.Value]).ToList();
        Require(events.Count <= 1, "once", $"{write} happened {events.Count} times: {string.Join("; ", events.Select(Text))}");
        switch (write.Outcome)
        {
            case WriteOutcome.Done:
                Require(events.Count == 1, "durability", $"{write} is nowhere");
                Require(
                    events[0].Kv.ModRevision == write.Revision && Key(events[0]) == write.Key,
                    "answers are true",
                    $"{write} is {Text(events[0])}"
                );
                break;
            case WriteOutcome.NotDone:
                Require(events.Count == 0, "reported failed but happened", $"{write}: {string.Join("; ", events.Select(Text))}");
                break;
        }
    }

    /// <summary>A watch tells each event of its range once and in order.</summary>
    /// <param name="last">What comes after this revision is of no interest.</param>
    public void Watch(WatchRecord watch, long last)
    {
        Require(watch.Failure is null, "watch: goes on", $"{watch.Name} ended: {watch.Failure}");
        var expected = history
            .Where(one => Key(one).StartsWith(watch.Prefix, StringComparison.Ordinal))
            .Where(one => one.Kv.ModRevision >= watch.From && one.Kv.ModRevision <= last)
            .Where(one => !watch.DeletesOnly || one.Type == Event.Types.EventType.Delete)
            .ToList();
        var told = watch.Events.Where(one => one.Revision <= last).ToList();
        for (var i = 0; i < told.Count; i++)
        {
            Require(
                i < expected.Count && Same(told[i].Message, expected[i]),
                i > 0 && i < expected.Count && told[i].Revision > expected[i].Kv.ModRevision
                    ? "watch: misses nothing"
                    : "watch: repeats nothing, in order",
                $"{watch.Name}: number {i} told was {Text(told[i].Message)}, is {(i < expected.Count ? Text(expected[i]) : "none")}"
            );
        }

        Require(
            !watch.ToTheEnd || told.Count == expected.Count,
            "watch: misses nothing",
            $"{watch.Name} told {told.Count} of {expected.Count}"
        );
        if (watch.PreviousValues)
        {
            Previous(watch, told);
        }
    }

    /// <summary>
    /// A guarded write happened while its writer's key stood first in the line, and whoever believed to hold the lock had
    /// stood first at some time, and alone.
    /// </summary>
    /// <param name="revoked">Keys of those whose lease the test took away: they hear of it with their next keepalive alone.</param>
    /// <param name="lateness">How much later than due this process itself may have been told.</param>
    /// <returns>How many held the lock.</returns>
    public int Locks(IReadOnlyCollection<Tenure> tenures, ICollection<string> revoked, TimeSpan lateness)
    {
        var holders = GuardedBy();
        foreach (var tenure in tenures)
        {
            Require(
                holders.TryGetValue(tenure.Revision, out var key) && key == tenure.Key,
                "lock: held by who stands first",
                $"{tenure} never stood first"
            );
        }

        Tenure? longest = null;
        foreach (var tenure in tenures.Where(one => !revoked.Contains(one.Key)).OrderBy(static one => one.From))
        {
            if (longest is not null && longest.Until > tenure.From)
            {
                var both = Stopwatch.GetElapsedTime(tenure.From, Math.Min(longest.Until, tenure.Until));
                Require(both <= lateness, "lock: held by one", $"{longest} and {tenure} at once for {both}, allowed {lateness}");
            }

            longest = longest is null || tenure.Until > longest.Until ? tenure : longest;
        }

        return tenures.Count;
    }

    /// <summary>Goes through the history with the line of those who wait, and judges each guarded write at its revision.</summary>
    private Dictionary<long, string> GuardedBy()
    {
        var line = new SortedDictionary<long, string>();
        var first = new Dictionary<long, string>();
        foreach (var one in history)
        {
            var key = Key(one);
            if (key == Contender.Guarded)
            {
                var value = one.Kv.Value.ToStringUtf8();
                var token = long.Parse(
                    value.AsSpan(0, value.IndexOf('/', StringComparison.Ordinal)),
                    CultureInfo.InvariantCulture
                );
                var holder = line.Count == 0 ? 0 : line.First().Key;
                Require(token == holder, "lock: the guard holds", $"{Text(one)}, and the holder was {holder}");
            }
            else if (key.StartsWith(Contender.LockName + "/", StringComparison.Ordinal))
            {
                if (one.Type == Event.Types.EventType.Put)
                {
                    line[one.Kv.CreateRevision] = key;
                }
                else
                {
                    line.Remove(line.Single(place => place.Value == key).Key);
                }

                if (line.Count > 0)
                {
                    first[line.First().Key] = line.First().Value;
                }
            }
        }

        return first;
    }

    /// <summary>Each event tells what was there before it.</summary>
    private void Previous(WatchRecord watch, List<EtcdSharp.Client.WatchEvent> told)
    {
        var there = new Dictionary<string, Event>(StringComparer.Ordinal);
        var at = 0;
        foreach (var one in told)
        {
            for (; at < history.Count && history[at].Kv.ModRevision < one.Revision; at++)
            {
                there[Key(history[at])] = history[at];
            }

            var before = there.GetValueOrDefault(one.Key.ToString()) is { Type: Event.Types.EventType.Put } put ? put.Kv : null;
            Require(
                one.Previous?.ModRevision == before?.ModRevision
                    && one.Previous?.Value.ToString() == before?.Value.ToStringUtf8(),
                "watch: previous values",
                $"{watch.Name}: before {Text(one.Message)} there was {before}, told was {one.Previous}"
            );
        }
    }

    private static bool IsWriters(string key) =>
        key.StartsWith(Writer.Prefix, StringComparison.Ordinal) || key == Contender.Guarded;

    private static bool Same(Event told, Event is_) => told.Type == is_.Type && told.Kv.Equals(is_.Kv);

    private static string Key(Event one) => one.Kv.Key.ToStringUtf8();

    private static string Text(Event one) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{one.Type} {one.Kv.Key.ToStringUtf8()} {one.Kv.Value.ToStringUtf8()} at {one.Kv.ModRevision}"
        );

    private static void Require(bool holds, string guarantee, string detail)
    {
        if (!holds)
        {
            throw new Violation(guarantee, detail);
        }
    }
}
