using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Mvcc.Tests.Watch;

public class WatchHubTests
{
    private readonly FakeHistory _history = new();
    private readonly WatchHub _hub = new();
    private readonly WatchCatchUp _catchUp;

    public WatchHubTests()
    {
        _history.Hub = _hub;
        _hub.Open(_history);
        _catchUp = new WatchCatchUp(_hub);
    }

    [Fact]
    public void Ids_are_chosen_or_given_and_never_shared()
    {
        var client = new WatchClient(_hub);
        client.Create("a");
        client.Create("a", id: 1);
        client.Create("a");
        client.Create("a", id: 2);
        client.Create("b", "a");
        client.Create("b", "b");
        client.Create("b", "");

        var responses = client.Take();
        Assert.Equal([0, 1, 2, -1, -1, -1, 3], responses.Select(response => response.WatchId));
        Assert.All(responses, response => Assert.True(response.Control!.Created));
        Assert.Equal("mvcc: duplicate watch ID provided on the WatchStream", responses[3].Control!.CancelReason);
        Assert.Equal("mvcc: watcher range is empty", responses[4].Control!.CancelReason);
        Assert.True(responses[5].Control!.Canceled);
        Assert.False(responses[6].Control!.Canceled);
    }

    [Fact]
    public void A_cancellation_is_answered_once_and_ends_the_events()
    {
        var client = new WatchClient(_hub);
        client.Create("a", id: 5);
        client.Stream.Cancel(5);
        client.Stream.Cancel(5);
        client.Stream.Cancel(6);
        _history.Write(FakeChange.Put("a"));

        Assert.Equal(
            [WatchControl.WatchCreated, WatchControl.WatchCanceled],
            client.Take().Select(response => response.Control!)
        );
    }

    [Fact]
    public void Events_are_queued_before_the_revision_is_readable_and_carry_it()
    {
        var client = new WatchClient(_hub);
        client.Create("a");
        Assert.Equal(1, client.Take()[0].Revision);
        var readableAtDelivery = 0L;
        _history.AfterNotify = () => readableAtDelivery = client.Take().Count > 0 ? _history.CurrentRevision : -1;

        var revision = _history.Write(FakeChange.Put("a"), FakeChange.Put("b"), FakeChange.Delete("a"));

        Assert.Equal(revision - 1, readableAtDelivery);
        Assert.Equal(revision, client.Responses[1].Revision);
        Assert.Equal([new ReceivedEvent(revision, "a", false), new ReceivedEvent(revision, "a", true)], client.EventsOf(0));
    }

    [Fact]
    public void A_watch_of_the_past_below_the_compaction_is_canceled_with_its_revision()
    {
        for (var i = 0; i < 10; i++)
        {
            _history.Write(FakeChange.Put("a"));
        }

        _history.Compact(6);
        var client = new WatchClient(_hub);
        client.Create("a", start: 5);
        client.Create("a", start: 6);
        CatchUp();

        var responses = client.Take();
        var canceled = Assert.Single(responses, response => response.Control is { Canceled: true });
        Assert.Equal((0L, 6L, 0L), (canceled.WatchId, canceled.Control!.CompactRevision, canceled.Revision));
        Assert.Equal(
            Enumerable.Range(6, 6).Select(revision => (long)revision),
            client.EventsOf(1).Select(found => found.Revision)
        );
    }

    [Fact]
    public void Progress_is_answered_only_when_every_watch_of_the_stream_is_synced()
    {
        var client = new WatchClient(_hub);
        client.Stream.RequestProgress();
        Assert.Empty(client.Take());

        _history.Write(FakeChange.Put("a"));
        client.Create("a");
        client.Create("a", start: 1);
        client.Take();
        client.Stream.RequestProgress();
        Assert.Empty(client.Take());

        CatchUp();
        client.Take();
        client.Stream.RequestProgress();
        var progress = Assert.Single(client.Take());
        Assert.Equal((-1L, 2L), (progress.WatchId, progress.Revision));

        client.Create("a", start: 100);
        client.Take();
        client.Stream.RequestProgress();
        Assert.Empty(client.Take());
    }

    [Fact]
    public void The_progress_timer_reports_watches_that_heard_nothing_since_the_last_tick()
    {
        var client = new WatchClient(_hub);
        client.Create("a", wantsProgress: true);
        client.Create("b");
        client.Take();
        client.Stream.TickProgress();
        Assert.Equal([0L], client.Take().Select(response => response.WatchId));

        _history.Write(FakeChange.Put("a"));
        client.Take();
        client.Stream.TickProgress();
        Assert.Empty(client.Take());

        client.Stream.TickProgress();
        Assert.Equal([(0L, 2L)], client.Take().Select(response => (response.WatchId, response.Revision)));
    }

    [Fact]
    public void A_stream_that_is_not_read_holds_no_more_than_its_bound_and_delays_nobody()
    {
        var slow = new WatchClient(_hub);
        var quick = new WatchClient(_hub);
        slow.Create("a");
        quick.Create("a");
        var value = new string('v', 100_000);
        const int writes = 200;
        for (var i = 0; i < writes; i++)
        {
            _history.Write(FakeChange.Put("a", value));
            quick.Take();
            _catchUp.Step();
            Assert.True(slow.Stream.BufferedBytes < WatchStream.BufferedBytesMax + 110_000);
        }

        Assert.Equal(writes, quick.EventsOf(0).Count());
        var readsWhileFull = _history.Reads;
        CatchUp();
        Assert.Equal(readsWhileFull, _history.Reads);

        while (slow.Take(1_000_000).Count > 0)
        {
            CatchUp();
        }

        Assert.Equal(quick.EventsOf(0), slow.EventsOf(0));
        _history.Write(FakeChange.Put("a"));
        Assert.Single(slow.Take());
    }

    [Fact]
    public void Few_events_of_a_large_batch_do_not_pin_the_batch()
    {
        var client = new WatchClient(_hub);
        client.Create("a");
        client.Take();
        _history.Write([
            FakeChange.Put("a"),
            .. Enumerable.Range(0, 100).Select(i => FakeChange.Put("b" + i, new string('v', 1000))),
        ]);

        var response = Assert.Single(client.Take());
        Assert.True(response.Batch!.ByteCount < 100);
        Assert.Equal([new ReceivedEvent(2, "a", false)], client.EventsOf(0));
    }

    [Fact]
    public void Watchers_of_one_event_share_its_bytes()
    {
        var clients = Enumerable.Range(0, 3).Select(_ => new WatchClient(_hub)).ToList();
        clients.ForEach(client => client.Create("a", "b"));
        clients.ForEach(client => client.Take());
        _history.Write(FakeChange.Put("a"));

        Assert.Single(clients.Select(client => client.Take().Single().Batch).Distinct());
    }

    [Fact]
    public void A_previous_value_is_shown_unless_the_event_creates_the_key_or_it_is_compacted()
    {
        var client = new WatchClient(_hub);
        client.Create("a");
        client.Take();
        _history.Write(FakeChange.Put("a", "one"));
        _history.Write(FakeChange.Put("a", "two", createRevision: 2));
        _history.Write(FakeChange.Delete("a"));

        var batches = client.Take().Select(response => response.Batch!).ToList();
        Assert.True(batches[0].FramedWithPrevious(0, _history).SequenceEqual(batches[0].Framed(0)));
        Assert.True(batches[1].FramedWithPrevious(0, _history).IndexOf("one"u8) > 0);
        Assert.True(batches[2].FramedWithPrevious(0, _history).IndexOf("two"u8) > 0);
        Assert.True(batches[2].Framed(0).IndexOf("two"u8) < 0);
    }

    [Fact]
    public void Watchers_go_on_where_they_were_when_the_store_is_replaced()
    {
        var client = new WatchClient(_hub);
        client.Create("a");
        client.Create("a", start: 9);
        _history.Write(FakeChange.Put("a"));
        client.Take();

        _history.Hub = null;
        for (var i = 0; i < 8; i++)
        {
            _history.Write(FakeChange.Put("a"));
        }

        _history.Compact(3);
        _history.Hub = _hub;
        _hub.Open(_history);
        CatchUp();
        client.Take();

        Assert.Equal(
            Enumerable.Range(2, 9).Select(revision => (long)revision),
            client.EventsOf(0).Select(found => found.Revision)
        );
        Assert.Equal([9, 10], client.EventsOf(1).Select(found => found.Revision));
    }

    [Fact]
    public void A_closed_stream_holds_nothing_and_nothing_holds_it()
    {
        var client = new WatchClient(_hub);
        client.Create("a");
        client.Create("a", start: 1);
        _history.Write(FakeChange.Put("a"));
        client.Stream.Close();
        client.Stream.Close();
        client.Create("a");
        _history.Write(FakeChange.Put("a"));

        Assert.Empty(client.Take());
        Assert.Equal(0, client.Stream.BufferedBytes);
        Assert.Equal(0, _hub.StreamCount);
        Assert.Equal(WatchCatchUpStep.Idle, _catchUp.Step());
        Assert.True(client.Stream.WaitForResponsesAsync().IsCompleted);
    }

    [Fact]
    public void The_next_revision_is_awaited_between_notification_and_publication()
    {
        var hub = new WatchHub(bufferedBytesMax: 150);
        var catchUp = new WatchCatchUp(hub);
        _history.Hub = hub;
        hub.Open(_history);
        var client = new WatchClient(hub);
        client.Create("a");
        _history.Write(FakeChange.Put("a"));
        var between = WatchCatchUpStep.Idle;
        _history.AfterNotify = () =>
        {
            client.Take();
            between = catchUp.Step();
        };

        _history.Write(FakeChange.Put("a"));
        Assert.Equal(WatchCatchUpStep.AwaitPublication, between);

        _history.AfterNotify = null;
        Assert.Equal(WatchCatchUpStep.Worked, catchUp.Step());
        client.Take();
        Assert.Equal([2, 3], client.EventsOf(0).Select(found => found.Revision));
    }

    private void CatchUp()
    {
        for (var i = 0; i < 1000; i++)
        {
            if (_catchUp.Step() == WatchCatchUpStep.Idle)
            {
                return;
            }
        }

        Assert.Fail("Catching up does not end.");
    }
}
