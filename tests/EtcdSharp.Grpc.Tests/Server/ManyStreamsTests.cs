using EtcdSharp.Api;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Grpc.Tests.Support;

namespace EtcdSharp.Grpc.Tests.Server;

public sealed class ManyStreamsTests
{
    [Fact]
    public async Task FiveThousandStreamsOnOneConnection()
    {
        const int count = 5000;
        HashSet<string> peers = [];
        await using TestServer server = await TestServer.StartAsync(services =>
            services.Bidirectional(
                TestMethods.Chat,
                async (requests, responses, call) =>
                {
                    lock (peers)
                    {
                        peers.Add(call.Peer!.ToString()!);
                    }

                    while (await requests.MoveNextAsync())
                    {
                        await responses.WriteAsync(requests.Current);
                    }

                    return GrpcStatus.Ok;
                }
            )
        );
        using GrpcChannel channel = server.Channel();
        ClientCall<PutRequest, PutRequest>[] calls = new ClientCall<PutRequest, PutRequest>[count];
        await Task.WhenAll(
            Enumerable
                .Range(0, count)
                .Select(async i =>
                {
                    calls[i] = channel.Open(TestMethods.Chat);
                    await calls[i].WriteAsync(TestMethods.Message($"first {i}"));
                    Assert.True(await calls[i].MoveNextAsync());
                    Assert.Equal(TestMethods.Message($"first {i}"), calls[i].Current);
                })
        );

        // All of them are open at once here; each still works.
        Assert.Single(peers);
        await Task.WhenAll(
            calls.Select(
                async (call, i) =>
                {
                    await call.WriteAsync(TestMethods.Message($"second {i}"));
                    await call.CompleteWritesAsync();
                    Assert.True(await call.MoveNextAsync());
                    Assert.Equal(TestMethods.Message($"second {i}"), call.Current);
                    Assert.False(await call.MoveNextAsync());
                    call.Dispose();
                }
            )
        );
    }

    [Fact]
    public async Task SlowReaderHoldsTheWriterBack()
    {
        const int messageBytes = 100_000;
        const int messages = 1000;
        int written = 0;
        await using TestServer server = await TestServer.StartAsync(services =>
        {
            services.Unary(TestMethods.Echo, static (request, _) => new(request));
            services.ServerStreaming(
                TestMethods.Repeat,
                async (request, responses, call) =>
                {
                    for (int i = 0; i < messages; i++)
                    {
                        if (!await responses.WriteAsync(request))
                        {
                            return new(StatusCode.Cancelled, "gone");
                        }

                        Interlocked.Increment(ref written);
                    }

                    return GrpcStatus.Ok;
                }
            );
        });
        using GrpcChannel channel = new(server.Address, new() { InitialStreamWindowBytes = 65_535 });
        using ClientCall<PutRequest, PutRequest> call = await channel.OpenAsync(
            TestMethods.Repeat,
            TestMethods.Message("k", messageBytes),
            default,
            default
        );
        Assert.True(await call.MoveNextAsync());

        // Nobody reads, and other calls of the same connection do not suffer from it. In this time an unbounded writer fills its
        // hundred megabytes several times over; a bounded one stops at the client's window and the response buffer.
        long end = Environment.TickCount64 + 1000;
        while (Environment.TickCount64 < end)
        {
            await channel.UnaryAsync(TestMethods.Echo, new());
        }

        Assert.InRange(Volatile.Read(ref written), 1, messages / 2);
        int read = 1;
        while (await call.MoveNextAsync())
        {
            read++;
        }

        Assert.Equal(messages, read);
        Assert.Equal(messages, written);
    }

    [Fact]
    public async Task LimitOfStreamsIsKept()
    {
        GrpcServiceBuilder services = new();
        TestMethods.AddTo(services);
        Assert.True(EtcdSharp.Edge.Listening.EdgeUrl.TryParse("http://127.0.0.1:0", out var url, out _));
        await using var host = await EtcdSharp.Edge.Listening.EdgeHost.StartAsync(
            new()
            {
                Urls = [url],
                Grpc = services.Build(new()),
                MaxConcurrentStreams = 2,
            },
            default
        );
        using GrpcChannel channel = new(host.Urls[0].Text);
        using ClientCall<PutRequest, PutRequest> first = channel.Open(TestMethods.Chat);
        using ClientCall<PutRequest, PutRequest> second = channel.Open(TestMethods.Chat);
        foreach (ClientCall<PutRequest, PutRequest> call in new[] { first, second })
        {
            await call.WriteAsync(new());
            Assert.True(await call.MoveNextAsync());
        }

        // The third waits at the client for a stream to become free.
        Task<PutRequest> third = channel.UnaryAsync(TestMethods.Echo, new()).AsTask();
        GrpcStatusException late = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await channel.UnaryAsync(TestMethods.Echo, new(), new() { Timeout = TimeSpan.FromMilliseconds(300) }, default)
        );
        Assert.Equal(StatusCode.DeadlineExceeded, late.Code);
        Assert.False(third.IsCompleted);
        await first.CompleteWritesAsync();
        Assert.False(await first.MoveNextAsync());
        await third.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
