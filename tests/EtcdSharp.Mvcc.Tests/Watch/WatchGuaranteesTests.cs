using System.Text;
using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Mvcc.Tests.Watch;

/// <summary>
/// The guarantees of watch, checked against a list of everything that was written: random histories with slow
/// consumers, watchers that begin in the past and in the future, cancellation, compaction, and writes that happen
/// while history is being read.
/// </summary>
public class WatchGuaranteesTests
{
    private const int Seeds = 300;
    private const int StepsPerSeed = 400;
    private const long BufferedBytes = 2000;

    [Fact]
    public void Every_watch_is_given_what_it_asked_for_in_order_once_and_whole()
    {
        var totals = new Totals();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            new Run(seed, totals).Play();
        }

        // The runs are worth something only when the paths they are meant for were taken.
        Assert.True(totals.Events > 10_000, $"{totals.Events} events");
        Assert.True(totals.FellBehind > 100, $"{totals.FellBehind} watches fell behind");
        Assert.True(totals.Compacted > 100, $"{totals.Compacted} watches were compacted");
        Assert.True(totals.Canceled > 100, $"{totals.Canceled} watches were canceled");
        Assert.True(totals.Progress > 100, $"{totals.Progress} progress responses");
        Assert.True(totals.WritesWhileReading > 100, $"{totals.WritesWhileReading} writes while history was read");
    }

    private sealed class Totals
    {
        public int Events;
        public int FellBehind;
        public int Compacted;
        public int Canceled;
        public int Progress;
        public int WritesWhileReading;
    }

    private sealed class Watch
    {
        public required WatchClient Client;
        public required long Id;
        public required string Key;
        public required string? End;
        public required WatchFilters Filters;

        /// <summary>The first revision it must see; known when the created response comes.</summary>
        public long From;
        public long LastRevision;
        public long CanceledAfter = long.MaxValue;
        public long CompactRevision;
        public int Received;
        public bool IsCreated;
        public bool IsOver;

        public bool Wants(FakeChange change)
        {
            var key = Encoding.UTF8.GetString(change.Key);
            var isInside = End is null
                ? string.Equals(key, Key, StringComparison.Ordinal)
                : string.CompareOrdinal(key, Key) >= 0 && (End.Length == 0 || string.CompareOrdinal(key, End) < 0);
            return isInside
                && (Filters & (change.Value is null ? WatchFilters.NoDelete : WatchFilters.NoPut)) == WatchFilters.None;
        }
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly Totals _totals;
        private readonly FakeHistory _history = new();
        private readonly WatchHub _hub = new(BufferedBytes);
        private readonly WatchCatchUp _catchUp;
        private readonly List<WatchClient> _clients = [];
        private readonly Dictionary<(WatchClient, long), Watch> _watches = [];
        private readonly string _name;
        private long _nextId = 1;

        public Run(int seed, Totals totals)
        {
            _name = $"seed {seed}";
            _random = new Random(seed);
            _totals = totals;
            _history.Hub = _hub;
            _history.AfterRead = () =>
            {
                if (_random.Next(2) == 0)
                {
                    _totals.WritesWhileReading++;
                    Write();
                }

                if (_random.Next(8) == 0)
                {
                    Cancel();
                }
            };
            _hub.Open(_history);
            _catchUp = new WatchCatchUp(_hub);
            for (var i = 0; i < 3; i++)
            {
                _clients.Add(new WatchClient(_hub));
            }
        }

        public void Play()
        {
            for (var step = 0; step < StepsPerSeed; step++)
            {
                Step(_random.Next(100));
                foreach (var client in _clients)
                {
                    // One batch may come on top of the bound, and control messages.
                    Assert.True(client.Stream.BufferedBytes <= BufferedBytes + WatchCatchUp.ChunkBytesMax, _name);
                }
            }

            _history.AfterRead = null;
            var isIdle = false;
            for (var round = 0; round < 10_000 && !isIdle; round++)
            {
                isIdle = _catchUp.Step() == WatchCatchUpStep.Idle;
                foreach (var client in _clients)
                {
                    isIdle &= Receive(client, int.MaxValue) == 0;
                }
            }

            Assert.True(isIdle, $"{_name}: the watches never all caught up");
            foreach (var watch in _watches.Values)
            {
                CheckComplete(watch);
            }
        }

        private void Step(int dice)
        {
            switch (dice)
            {
                case < 45:
                    Write();
                    break;
                case < 55:
                    Create();
                    break;
                case < 58:
                    Cancel();
                    break;
                case < 78:
                    // The last client is the slow one.
                    Receive(_clients[_random.Next(_random.Next(4) == 0 ? 3 : 2)], _random.Next(600));
                    break;
                case < 80:
                    _history.Compact(_history.CurrentRevision - _random.Next(20));
                    break;
                case < 84:
                    _clients[_random.Next(3)].Stream.RequestProgress();
                    break;
                default:
                    _catchUp.Step();
                    break;
            }
        }

        private string Key() => "k" + (char)('a' + _random.Next(6));

        private void Write()
        {
            var keys = Enumerable.Range(0, 1 + (_random.Next(4) == 0 ? _random.Next(5) : 0)).Select(_ => Key()).Distinct();
            _history.Write([
                .. keys.Select(key =>
                    _random.Next(4) == 0 ? FakeChange.Delete(key) : FakeChange.Put(key, new string('v', _random.Next(60)))
                ),
            ]);
        }

        private void Create()
        {
            var client = _clients[_random.Next(3)];
            var key = Key();
            string? end = _random.Next(3) switch
            {
                0 => null,
                1 => key + "zz",
                _ => "",
            };
            var filters = (WatchFilters)(_random.Next(3) == 0 ? 1 + _random.Next(2) : 0);
            var start = _random.Next(4) switch
            {
                0 => 0,
                1 => _history.CurrentRevision + _random.Next(20),
                _ => 1 + _random.NextInt64(_history.CurrentRevision),
            };
            var id = _nextId++;
            _watches[(client, id)] = new Watch
            {
                Client = client,
                Id = id,
                Key = key,
                End = end,
                Filters = filters,
                From = start,
            };
            client.Create(key, end, start, id, filters);
        }

        private void Cancel()
        {
            var open = _watches.Values.Where(watch => !watch.IsOver && watch.CanceledAfter == long.MaxValue).ToList();
            if (open.Count > 0)
            {
                var watch = open[_random.Next(open.Count)];
                watch.CanceledAfter = _history.CurrentRevision;
                watch.Client.Stream.Cancel(watch.Id);
                _totals.Canceled++;
            }
        }

        private int Receive(WatchClient client, int bytesMax)
        {
            var taken = client.Take(bytesMax);
            foreach (var response in taken)
            {
                Check(client, response);
            }

            return taken.Count;
        }

        private void Check(WatchClient client, WatchResponse response)
        {
            if (response.WatchId == WatchResponse.NoWatchId)
            {
                CheckProgress(client, response.Revision);
                return;
            }

            var watch = _watches[(client, response.WatchId)];
            if (response.Control is { Created: true })
            {
                Assert.False(watch.IsCreated, _name);
                watch.IsCreated = true;
                watch.From = watch.From == 0 ? response.Revision + 1 : watch.From;
                watch.LastRevision = watch.From - 1;
                return;
            }

            Assert.True(watch.IsCreated, $"{_name}: something came before the created response");
            if (
                watch.CompactRevision > 0
                && watch.CanceledAfter != long.MaxValue
                && response.Control == WatchControl.WatchCanceled
            )
            {
                // The id of a compacted watch stays taken until the client cancels it, which is answered as ever.
                return;
            }

            Assert.False(watch.IsOver, $"{_name}: something came after the end of a watch");
            if (response.Control is { } control)
            {
                Assert.True(control.Canceled, _name);
                watch.IsOver = true;
                watch.CompactRevision = control.CompactRevision;
                _totals.Compacted += control.CompactRevision > 0 ? 1 : 0;
                return;
            }

            CheckEvents(watch, response);
        }

        private void CheckEvents(Watch watch, WatchResponse response)
        {
            var events = WatchClient.Events(response).ToList();
            Assert.NotEmpty(events);
            Assert.True(response.Revision >= events[^1].Revision, $"{_name}: header older than its events");
            _totals.FellBehind += response.Revision > events[^1].Revision ? 1 : 0;
            _totals.Events += events.Count;

            // Unique, ordered and whole revisions: the events must be exactly those of all revisions after the last one seen.
            Assert.True(
                events[0].Revision > watch.LastRevision,
                $"{_name}: revision {events[0].Revision} came again, or in pieces"
            );
            Assert.Equal(Expected(watch, watch.LastRevision + 1, events[^1].Revision), events);
            watch.LastRevision = events[^1].Revision;
            watch.Received += events.Count;
        }

        private void CheckProgress(WatchClient client, long revision)
        {
            _totals.Progress++;
            foreach (var watch in _watches.Values.Where(watch => watch.Client == client && watch.IsCreated && !watch.IsOver))
            {
                Assert.True(watch.From <= revision + 1, $"{_name}: progress on behalf of a watch of the future");
                Assert.Empty(Expected(watch, watch.LastRevision + 1, revision));
                watch.LastRevision = Math.Max(watch.LastRevision, revision);
            }
        }

        private List<ReceivedEvent> Expected(Watch watch, long from, long to)
        {
            List<ReceivedEvent> expected = [];
            for (var revision = Math.Max(from, Math.Max(watch.From, 2)); revision <= to; revision++)
            {
                foreach (var change in _history.ChangesAt(revision).Where(watch.Wants))
                {
                    expected.Add(new ReceivedEvent(revision, Encoding.UTF8.GetString(change.Key), change.Value is null));
                }
            }

            return expected;
        }

        private void CheckComplete(Watch watch)
        {
            Assert.True(watch.IsCreated, _name);
            if (watch.CompactRevision > 0)
            {
                Assert.True(watch.LastRevision < watch.CompactRevision, $"{_name}: compacted away, but it had seen everything");
                return;
            }

            if (watch.CanceledAfter != long.MaxValue)
            {
                Assert.True(watch.IsOver, $"{_name}: a cancellation was not answered");
                return;
            }

            Assert.Empty(Expected(watch, watch.LastRevision + 1, _history.CurrentRevision));
        }
    }
}
