using EtcdSharp.Api;
using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Mvcc.Tests.Watch;

public class EventBatchTests
{
    [Fact]
    public void The_encoded_events_are_fields_of_a_watch_response()
    {
        var history = new FakeHistory();
        var hub = new WatchHub();
        history.Hub = hub;
        hub.Open(history);
        var client = new WatchClient(hub);
        client.Create("", "");
        client.Take();
        history.Write(FakeChange.Put("a", "one"), FakeChange.Put("b", new string('x', 300)));
        history.Write(FakeChange.Delete("a"));

        List<byte> bytes = [];
        foreach (var response in client.Take())
        {
            for (var i = 0; i < response.Selection.Count; i++)
            {
                bytes.AddRange(response.Batch!.FramedWithPrevious(response.Selection[i], history));
            }
        }

        var events = Api.WatchResponse.Parser.ParseFrom(bytes.ToArray()).Events;
        Assert.Equal(["a", "b", "a"], events.Select(found => found.Kv.Key.ToStringUtf8()));
        Assert.Equal(
            [Event.Types.EventType.Put, Event.Types.EventType.Put, Event.Types.EventType.Delete],
            events.Select(found => found.Type)
        );
        Assert.Equal([2, 2, 3], events.Select(found => found.Kv.ModRevision));
        Assert.Equal("one", events[2].PrevKv.Value.ToStringUtf8());
        Assert.Null(events[0].PrevKv);
    }

    [Fact]
    public void A_selection_keeps_its_places_whether_they_lie_side_by_side_or_not()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var selection = default(EventSelection);
            List<int> places = [];
            for (var place = 0; place < 100; place++)
            {
                if (random.Next(10) < seed % 10)
                {
                    selection.Add(place);
                    places.Add(place);
                }
            }

            Assert.Equal(places, Enumerable.Range(0, selection.Count).Select(i => selection[i]));
        }
    }
}
