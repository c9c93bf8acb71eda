using System.Buffers;
using System.Text;
using EtcdSharp.Api;
using EtcdSharp.Edge.Grpc;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Mvcc.Watch;
using Google.Protobuf;
using QueuedResponse = EtcdSharp.Mvcc.Watch.WatchResponse;

namespace EtcdSharp.Server.Tests.Edge.Grpc;

/// <summary>Responses with previous key-values that are larger than what may be in memory at once.</summary>
public sealed class WatchFragmentsTests
{
    private const int Keys = 100;
    private const int FormerBytes = 100_000;
    private const int FragmentBytes = 256 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly WatchMessageMarshaller s_marshaller = new(0xC1, 0xE1);

    [Fact]
    public async Task Previous_key_values_are_read_fragment_by_fragment()
    {
        await using var served = await ServedStore.StartAsync();
        var (response, history) = Overwrite(served, allowsFragments: true);
        var fragments = new WatchFragments(response, 2, s_marshaller, () => history, FragmentBytes);
        var events = new List<Api.Mvccpb.Event>();
        var count = 0;
        while (fragments.TryNext(out var message))
        {
            var part = Encode(message);
            count++;
            events.AddRange(part.Events);
            Assert.Equal(events.Count < Keys, part.Fragment);
            Assert.InRange(message.EventBytes, 1, FragmentBytes);

            // The one more is that which did not fit.
            Assert.InRange(history.Reads, 1, events.Count + 1);
        }

        Assert.Equal(Keys / (FragmentBytes / FormerBytes), count);
        Assert.Equal(Keys, history.Reads);
        AssertComplete(events);
    }

    [Fact]
    public async Task A_batch_keeps_some_previous_key_values_for_the_next_watcher_and_not_all()
    {
        await using var served = await ServedStore.StartAsync();
        var (response, history) = Overwrite(served, allowsFragments: true);
        for (var watcher = 1; watcher <= 2; watcher++)
        {
            var events = new List<Api.Mvccpb.Event>();
            var fragments = new WatchFragments(response, 2, s_marshaller, () => history, FragmentBytes);
            while (fragments.TryNext(out var message))
            {
                events.AddRange(Encode(message).Events);
            }

            AssertComplete(events);
        }

        const int kept = 1024 * 1024 / FormerBytes;
        Assert.Equal((2 * Keys) - kept, history.Reads);
    }

    [Fact]
    public async Task What_is_compacted_between_size_and_bytes_changes_neither()
    {
        await using var served = await ServedStore.StartAsync();
        var (response, history) = Overwrite(served, allowsFragments: false);
        var fragments = new WatchFragments(response, 2, s_marshaller, () => history, FragmentBytes);
        Assert.True(fragments.TryNext(out var message));
        Assert.True(s_marshaller.Size(message) > Keys * FormerBytes);
        history.IsLost = true;
        AssertComplete([.. Encode(message).Events]);
        Assert.False(fragments.TryNext(out _));

        var later = new WatchFragments(response, 2, s_marshaller, () => history, FragmentBytes);
        Assert.True(later.TryNext(out message));
        Assert.Contains(Encode(message).Events, static found => found.PrevKv is null);
    }

    [Fact]
    public void A_size_beyond_two_gigabytes_is_told_and_does_not_throw()
    {
        var message = new WatchMessage(default, 0, 0, IsFragment: false, 2, EventBytes: 3L * 1024 * 1024 * 1024);
        Assert.True(s_marshaller.Size(message) > 3L * 1024 * 1024 * 1024);
    }

    [Fact]
    public async Task A_response_that_is_too_large_ends_its_stream_with_RESOURCE_EXHAUSTED()
    {
        await using var served = await ServedStore.StartAsync(sendBytesMax: 1000);
        using var call = served.Channel.Open(WatchMethods.Watch);
        await call.WriteAsync(new WatchRequest { CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8("a") } });
        Assert.True(await call.MoveNextAsync().AsTask().WaitAsync(s_patience));
        served.Log.Put(0, (Encoding.UTF8.GetBytes("a"), new byte[1000]));

        var ended = await Assert.ThrowsAsync<GrpcStatusException>(() => call.MoveNextAsync().AsTask().WaitAsync(s_patience));
        Assert.Equal(StatusCode.ResourceExhausted, ended.Code);
        Assert.Matches(@"trying to send message larger than max \([0-9]+ vs\. 1000\)", ended.Status.Message);
    }

    /// <summary>Many keys with large values get small ones in one revision; what a watcher of them is given.</summary>
    private static (QueuedResponse Response, CountingHistory History) Overwrite(ServedStore served, bool allowsFragments)
    {
        for (var i = 0; i < Keys; i++)
        {
            served.Log.Put(0, (Key(i), Enumerable.Repeat((byte)i, FormerBytes).ToArray()));
        }

        var stream = served.Hub.OpenStream();
        stream.Create(
            new WatchCreate
            {
                Key = [],
                End = [],
                WantsPrevious = true,
                AllowsFragments = allowsFragments,
            }
        );
        served.Log.Put(0, [.. Enumerable.Range(0, Keys).Select(i => (Key(i), new byte[] { 1 }))]);
        List<QueuedResponse> taken = [];
        stream.Take(taken, int.MaxValue);
        stream.Close();
        var response = Assert.Single(taken, static one => one.Control is null);
        return (response, new CountingHistory(served.Hub.History));
    }

    private static byte[] Key(int i) => Encoding.UTF8.GetBytes($"k{i:d3}");

    private static Api.WatchResponse Encode(in WatchMessage message)
    {
        var bytes = new ArrayBufferWriter<byte>();
        s_marshaller.Encode(message, bytes);
        Assert.Equal(s_marshaller.Size(message), bytes.WrittenCount);
        return Api.WatchResponse.Parser.ParseFrom(bytes.WrittenSpan);
    }

    private static void AssertComplete(List<Api.Mvccpb.Event> events)
    {
        Assert.Equal(Enumerable.Range(0, Keys).Select(i => $"k{i:d3}"), events.Select(found => found.Kv.Key.ToStringUtf8()));
        for (var i = 0; i < Keys; i++)
        {
            Assert.Equal(FormerBytes, events[i].PrevKv.Value.Length);
            Assert.Equal((byte)i, events[i].PrevKv.Value[^1]);
        }
    }
}
