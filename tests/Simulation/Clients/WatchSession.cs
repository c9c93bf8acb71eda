using EtcdSharp.Mvcc.Watch;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Simulation.Members;
using WireResponse = EtcdSharp.Api.WatchResponse;

namespace EtcdSharp.Simulation.Clients;

/// <summary>The member's end of a watch: a stream of the real hub with one watch, read in pieces and put on the wire.</summary>
internal sealed class WatchSession
{
    private const int TakeBytes = 700;

    private readonly World _world;
    private readonly SimMember _member;
    private readonly WatchHub _hub;
    private readonly WatchStream _stream;
    private readonly bool _wantsPrevious;

    public WatchSession(World world, SimMember member, WatchCreate create)
    {
        _world = world;
        _member = member;
        _hub = member.Store.Hub;
        _stream = _hub.OpenStream();
        _wantsPrevious = create.WantsPrevious;
        _stream.Create(Planted(create));
    }

    public void Close() => _stream.Close();

    public List<WatchDelivery> Take()
    {
        var isBehind = _stream.Behind.Count != 0;
        List<WatchResponse> responses = [];
        _stream.Take(responses, TakeBytes);
        List<WatchDelivery> deliveries = [.. responses.Select(Read)];
        return Planted(deliveries, isBehind);
    }

    public List<WatchDelivery> RequestProgress()
    {
        if (
            _world.Defect == Defect.ProgressAheadOfStream
            || (_world.Defect == Defect.ProgressBeforeStart && _stream.Behind.Count == 0)
        )
        {
            return [new WatchDelivery(_member.Store.Kv.CurrentRevision, false, false, 0, [])];
        }

        _stream.RequestProgress();
        return [];
    }

    public void TickProgress() => _stream.TickProgress();

    private WatchDelivery Read(WatchResponse response)
    {
        var wire = new WireResponse();
        for (var i = 0; i < response.Selection.Count; i++)
        {
            var place = response.Selection[i];
            var framed = _wantsPrevious ? response.Batch!.FramedWithPrevious(place, _hub.History) : response.Batch!.Framed(place);
            wire.Events.Add(WireResponse.Parser.ParseFrom(framed).Events);
        }

        var control = response.Control;
        return new WatchDelivery(
            response.Revision,
            control?.Created ?? false,
            control?.Canceled ?? false,
            control?.CompactRevision ?? 0,
            wire.Events
        );
    }

    private WatchCreate Planted(WatchCreate create) =>
        _world.Defect switch
        {
            Defect.WatchGoesBack when create.StartRevision > _hub.NotifiedRevision + 1 => create with { StartRevision = 0 },
            Defect.WatchSkipsCompactedRevision
                when create.StartRevision != 0 && create.StartRevision == _member.Store.Kv.CompactedRevision => create with
            {
                StartRevision = create.StartRevision + 1,
            },
            _ => create,
        };

    private List<WatchDelivery> Planted(List<WatchDelivery> deliveries, bool isBehind)
    {
        var withEvents = deliveries.FindIndex(delivery => delivery.Events.Count != 0);
        if (withEvents < 0)
        {
            return deliveries;
        }

        var chosen = deliveries[withEvents];
        switch (_world.Defect)
        {
            case Defect.WatchEventTwice when _world.MemberRandom.Next(10) == 0:
                deliveries.Add(chosen);
                break;
            case Defect.SlowWatchLosesEvents when isBehind:
                deliveries.RemoveAt(withEvents);
                break;
            case Defect.WatchTearsRevision when chosen.Events.Count > 1:
                deliveries[withEvents] = chosen with { Events = [.. chosen.Events.Take(1)] };
                deliveries.Insert(withEvents + 1, chosen with { Events = [.. chosen.Events.Skip(1)] });
                break;
        }

        return deliveries;
    }
}
