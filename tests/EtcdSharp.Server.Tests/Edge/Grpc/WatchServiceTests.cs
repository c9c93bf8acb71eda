using System.Text;
using EtcdSharp.Api;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Contract;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Edge.Grpc;

public class WatchServiceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_watch_is_created_told_and_canceled()
    {
        await using var served = await ServedStore.StartAsync();
        served.Log.Put(0, (Bytes("a"), Bytes("zero")));
        using var call = Open(served);
        await Create(call, new WatchCreateRequest { Key = Text("a"), PrevKv = true });

        var created = await Next(call);
        Assert.True(created.Created);
        Assert.Equal(
            (0xC1UL, 0xE1UL, 2UL, 2L),
            (created.Header.ClusterId, created.Header.MemberId, created.Header.RaftTerm, created.Header.Revision)
        );

        served.Log.Put(0, (Bytes("b"), Bytes("other")));
        served.Log.Put(0, (Bytes("a"), Bytes("one")));
        var told = await Next(call);
        var found = Assert.Single(told.Events);
        Assert.Equal(
            (4L, "one", "zero"),
            (told.Header.Revision, found.Kv.Value.ToStringUtf8(), found.PrevKv.Value.ToStringUtf8())
        );
        Assert.Equal((2L, 4L, 2L), (found.Kv.CreateRevision, found.Kv.ModRevision, found.Kv.Version));

        await call.WriteAsync(new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = 99 } });
        await call.WriteAsync(new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = 0 } });
        var canceled = await Next(call);
        Assert.Equal((0L, true, false, ""), (canceled.WatchId, canceled.Canceled, canceled.Created, canceled.CancelReason));
    }

    [Fact]
    public async Task Requests_that_cannot_be_served_are_refused_on_their_stream()
    {
        await using var served = await ServedStore.StartAsync();
        using var call = Open(served);
        await Create(call, new WatchCreateRequest { Key = Text("a"), StartRevision = -1 });
        await Create(call, new WatchCreateRequest { Key = Text("b"), RangeEnd = Text("a") });
        await Create(call, new WatchCreateRequest { Key = Text("a"), WatchId = 7 });
        await Create(call, new WatchCreateRequest { Key = Text("a"), WatchId = 7 });
        await call.WriteAsync(new WatchRequest());

        var negative = await Next(call);
        Assert.Equal((-1L, true, true, 0L), (negative.WatchId, negative.Created, negative.Canceled, negative.CompactRevision));
        Assert.Equal("etcdserver: mvcc: required revision has been compacted", negative.CancelReason);
        Assert.Equal("mvcc: watcher range is empty", (await Next(call)).CancelReason);
        Assert.Equal((7L, false), ((await Next(call)) is { } seven ? (seven.WatchId, seven.Canceled) : default));
        Assert.Equal("mvcc: duplicate watch ID provided on the WatchStream", (await Next(call)).CancelReason);
    }

    [Fact]
    public async Task The_past_is_told_from_the_store_and_a_compacted_past_refused()
    {
        await using var served = await ServedStore.StartAsync();
        for (var i = 0; i < 2000; i++)
        {
            served.Log.Put(0, (Bytes("k" + (i % 7)), new byte[300]));
        }

        served.Log.Compact(1000);
        using var call = Open(served);
        await Create(call, new WatchCreateRequest { RangeEnd = Text("\0"), StartRevision = 1000 });
        Assert.True((await Next(call)).Created);
        var expected = 1000L;
        while (expected <= 2001)
        {
            foreach (var found in (await Next(call)).Events)
            {
                Assert.Equal(expected++, found.Kv.ModRevision);
            }
        }

        await Create(call, new WatchCreateRequest { Key = Text("k1"), StartRevision = 999 });
        var created = await Next(call);
        Assert.Equal((1L, true, false), (created.WatchId, created.Created, created.Canceled));
        var canceled = await Next(call);
        Assert.Equal(
            (1L, true, 1000L, ""),
            (canceled.WatchId, canceled.Canceled, canceled.CompactRevision, canceled.CancelReason)
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_revision_is_split_only_when_the_client_allows_it(bool allowed)
    {
        const int bytesMax = 10_000;
        await using var served = await ServedStore.StartAsync(bytesMax);
        using var call = Open(served);
        await Create(
            call,
            new WatchCreateRequest
            {
                Key = Text("k"),
                RangeEnd = Text("\0"),
                Fragment = allowed,
            }
        );
        await Next(call);
        served.Log.Put(0, [.. Enumerable.Range(0, 20).Select(i => (Bytes("k" + i), new byte[i == 5 ? 12_000 : 3_000]))]);

        List<WatchResponse> parts = [];
        do
        {
            parts.Add(await Next(call));
        } while (parts[^1].Fragment);

        Assert.Equal(allowed, parts.Count > 5);
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => "k" + i),
            parts.SelectMany(part => part.Events).Select(found => found.Kv.Key.ToStringUtf8())
        );
        if (allowed)
        {
            Assert.All(parts, part => Assert.True(part.Events.Count == 1 || part.CalculateSize() < bytesMax));
        }
    }

    [Fact]
    public async Task Progress_comes_by_request_and_by_timer()
    {
        await using var served = await ServedStore.StartAsync();
        using var call = Open(served);
        await Create(call, new WatchCreateRequest { Key = Text("a") });
        await Next(call);
        await call.WriteAsync(new WatchRequest { ProgressRequest = new WatchProgressRequest() });
        var requested = await Next(call);
        Assert.Equal((-1L, 1L, 0), (requested.WatchId, requested.Header.Revision, requested.Events.Count));

        await Create(call, new WatchCreateRequest { Key = Text("b"), ProgressNotify = true });
        await Next(call);
        var notified = await Next(call);
        Assert.Equal((1L, 1L, 0), (notified.WatchId, notified.Header.Revision, notified.Events.Count));
    }

    [Fact]
    public async Task A_client_that_leaves_is_forgotten()
    {
        await using var served = await ServedStore.StartAsync();
        using (var call = Open(served))
        {
            await Create(call, new WatchCreateRequest { Key = Text("a") });
            await Next(call);
            Assert.Equal(1, served.Hub.StreamCount);
        }

        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (served.Hub.StreamCount > 0)
        {
            Assert.True(Environment.TickCount64 < until, "The stream of a client that is gone stays.");
            await Task.Yield();
        }
    }

    private static ClientCall<WatchRequest, WatchResponse> Open(ServedStore served) => served.Channel.Open(WatchMethods.Watch);

    private static async Task Create(ClientCall<WatchRequest, WatchResponse> call, WatchCreateRequest request) =>
        await call.WriteAsync(new WatchRequest { CreateRequest = request });

    private static async Task<WatchResponse> Next(ClientCall<WatchRequest, WatchResponse> call)
    {
        Assert.True(await call.MoveNextAsync().AsTask().WaitAsync(Patience));
        return call.Current;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static ByteString Text(string text) => ByteString.CopyFromUtf8(text);
}
