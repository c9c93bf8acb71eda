using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Simulation.Checking;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Simulation.Members;

namespace EtcdSharp.Simulation.Clients;

/// <summary>
/// A client that watches a range for the whole run, at one member after the other, and checks etcd's guarantees on what
/// it gets: ordered, unique, reliable, atomic, resumable, bookmarkable.
/// </summary>
internal sealed class SimWatcher
{
    private readonly World _world;
    private readonly SeededRandom _random;
    private readonly string _key;
    private readonly string _end;
    private readonly WatchFilters _filters;
    private readonly bool _wantsPrevious;
    private long _patience;
    private WatchSession? _session;
    private SimMember? _member;
    private int _memberIncarnation;
    private int _sessionNumber;
    private long _lastArrival;

    /// <summary>The first revision that the client has not been told everything about; 0 until it knows.</summary>
    private long _next = 1;

    public SimWatcher(World world, int number)
    {
        _world = world;
        _random = new SeededRandom(world.Shape.Seed + (ulong)number * 104729);
        var first = _random.Next(world.Shape.Keys);
        (_key, _end) = _random.Next(3) switch
        {
            0 => ($"k{first:D2}", ""),
            1 => ($"k{first:D2}", $"k{first + 1 + _random.Next(world.Shape.Keys):D2}"),
            _ => ("k", "l"),
        };
        _filters = _random.Next(5) switch
        {
            0 => WatchFilters.NoPut,
            1 => WatchFilters.NoDelete,
            _ => WatchFilters.None,
        };
        _wantsPrevious = _random.Next(3) == 0;
        _patience = world.Shape.WatchNanoseconds;
    }

    public int EventsSeen { get; private set; }

    public int ProgressSeen { get; private set; }

    public int CompactionsSeen { get; private set; }

    public bool HasSeenEverything => _next > _world.Model.Revision || !Expected(_next, _world.Model.Revision).Any();

    public void Start() => Poll();

    /// <summary>The run comes to its end: from now on it takes what comes at once.</summary>
    public void Hurry()
    {
        _patience = 100 * Shape.Millisecond;
        Poll();
    }

    private void Poll() =>
        _world.After(
            1 + (long)(_random.NextUInt64() % (ulong)_patience) + (_patience / 2),
            () =>
            {
                Poll();
                Work();
            }
        );

    private void Work()
    {
        if (_session is null || !_member!.IsUp || _member.Incarnation != _memberIncarnation || _random.Next(150) == 0)
        {
            Reconnect();
            return;
        }

        var (session, number) = (_session, _sessionNumber);
        _member.Do(() =>
        {
            switch (_random.Next(40))
            {
                case 0:
                    Arrive(number, session.RequestProgress());
                    break;
                case 1:
                    session.TickProgress();
                    break;
            }

            Arrive(number, session.Take());
        });
    }

    private void Reconnect()
    {
        if (_session is { } old && _member!.IsUp && _member.Incarnation == _memberIncarnation)
        {
            _member.Do(old.Close);
        }

        _session = null;
        var number = ++_sessionNumber;
        var member = _world.Members[_random.Next(_world.Members.Count)];
        member.Do(() =>
        {
            if (number != _sessionNumber)
            {
                return;
            }

            _member = member;
            _memberIncarnation = member.Incarnation;
            _session = new WatchSession(
                _world,
                member,
                new WatchCreate
                {
                    Key = System.Text.Encoding.UTF8.GetBytes(_key),
                    End = _end.Length == 0 ? null : System.Text.Encoding.UTF8.GetBytes(_end),
                    StartRevision = _next,
                    Filters = _filters,
                    WantsPrevious = _wantsPrevious,
                    WantsProgress = true,
                }
            );
        });
    }

    /// <summary>The stream keeps its order on the wire.</summary>
    private void Arrive(int number, List<WatchDelivery> deliveries)
    {
        if (deliveries.Count == 0)
        {
            return;
        }

        _lastArrival = Math.Max(_lastArrival + 1, _world.Now + _world.Network.Delay());
        _world.After(
            _lastArrival - _world.Now,
            () =>
            {
                foreach (var delivery in deliveries)
                {
                    if (number == _sessionNumber)
                    {
                        Check(delivery);
                    }
                }
            }
        );
    }

    private void Check(WatchDelivery delivery)
    {
        if (delivery.IsCanceled)
        {
            Canceled(delivery);
        }
        else if (delivery.Events.Count != 0)
        {
            Events(delivery);
        }
        else if (delivery.IsProgress)
        {
            Progress(delivery.Revision);
        }
    }

    private void Canceled(WatchDelivery delivery)
    {
        var compacted = delivery.CompactRevision;
        if (compacted <= _next || compacted > _world.Model.Compacted)
        {
            throw new Violation(
                "watch: cancel",
                $"canceled for compaction at {compacted}; it waited for {_next}, compacted is {_world.Model.Compacted}"
            );
        }

        CompactionsSeen++;
        _next = compacted;
        Reconnect();
    }

    private void Progress(long revision)
    {
        ProgressSeen++;
        if (revision < _next - 1)
        {
            throw new Violation("watch: bookmarkable", $"progress at {revision} for a watch that has reached {_next - 1}");
        }

        if (Expected(_next, revision).FirstOrDefault() is { } missing)
        {
            throw new Violation(
                "watch: bookmarkable",
                $"progress at {revision}, but the event of {missing.Key} at {missing.Revision} did not come"
            );
        }

        _next = Math.Max(_next, revision + 1);
    }

    private void Events(WatchDelivery delivery)
    {
        var last = delivery.Events[^1].Kv.ModRevision;
        var first = delivery.Events[0].Kv.ModRevision;
        if (first < _next)
        {
            throw new Violation("watch: ordered and unique", $"an event at {first} for a watch that has reached {_next - 1}");
        }

        if (last > _world.Model.Revision || delivery.Revision < last)
        {
            throw new Violation(
                "watch: reliable",
                $"an event at {last} under header {delivery.Revision}; committed is {_world.Model.Revision}"
            );
        }

        var place = 0;
        foreach (var expected in Expected(_next, last))
        {
            if (place >= delivery.Events.Count || !Matches(expected, delivery.Events[place]))
            {
                throw new Violation(
                    "watch: reliable and atomic",
                    $"the event of {expected.Key} at {expected.Revision} is missing, torn off or different in a response up to {last}"
                );
            }

            place++;
        }

        if (place != delivery.Events.Count)
        {
            throw new Violation(
                "watch: ordered and unique",
                $"{delivery.Events.Count - place} more events up to {last} than there were"
            );
        }

        EventsSeen += place;
        _next = last + 1;
    }

    private bool Matches(ModelEvent expected, Event actual)
    {
        var isDelete = actual.Type == Event.Types.EventType.Delete;
        if (isDelete != expected.IsDelete || !expected.Value.Equals(actual.Kv))
        {
            return false;
        }

        // The value before may be compacted away meanwhile; where it is shown it must be right.
        return actual.PrevKv is null || actual.PrevKv.Equals(_world.Model.ValueAt(expected.Key, expected.Revision - 1));
    }

    private IEnumerable<ModelEvent> Expected(long first, long last) =>
        _world
            .Model.EventsBetween(first, last)
            .Where(one => ReplicatedModel.IsWithin(one.Key, _key, _end))
            .Where(one => !_filters.HasFlag(one.IsDelete ? WatchFilters.NoDelete : WatchFilters.NoPut));
}
