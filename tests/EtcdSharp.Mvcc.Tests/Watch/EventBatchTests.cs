using System.Text;
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

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(int.MaxValue)]
    public void A_batch_of_many_pieces_reads_as_one_of_one_piece(int pieceBytesMax)
    {
        var events = new MvccEvents();
        for (var i = 0; i < 100; i++)
        {
            // A key of a deleted range is copied as often as not beyond the piece that is being filled.
            events.AddDelete(7, Encoding.UTF8.GetBytes($"{i:d3}-{new string('k', i * 40)}"));
        }

        var batch = EventBatch.Encode(events, pieceBytesMax);
        Assert.Equal(100, batch.Count);
        long bytes = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var found = Assert.Single(Api.WatchResponse.Parser.ParseFrom(batch.Framed(i)).Events);
            Assert.Equal($"{i:d3}-{new string('k', i * 40)}", found.Kv.Key.ToStringUtf8());
            Assert.Equal(found.Kv.Key.ToByteArray(), batch.Key(i));
            bytes += batch.Framed(i).Length;
        }

        Assert.Equal(bytes, batch.ByteCount);
        var few = default(EventSelection);
        few.Add(3);
        few.Add(90);
        few.Add(91);
        var copy = batch.CopyWhenSparse(few, batch.BytesOf(few))!;
        Assert.Equal([3, 90, 91], Enumerable.Range(0, 3).Select(i => int.Parse(Encoding.UTF8.GetString(copy.Key(i)[..3]))));
        Assert.Equal(batch.Framed(90), copy.Framed(1));
    }

    [Fact]
    public void Events_that_once_were_many_do_not_keep_their_memory()
    {
        var events = new MvccEvents();
        var key = new byte[1024 * 1024];
        for (var i = 0; i < 8; i++)
        {
            events.AddDelete(7, key);
        }

        Assert.Equal(key, events[0].Key);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        events.Clear();
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) < before - (6 * key.Length));
        GC.KeepAlive(events);
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
