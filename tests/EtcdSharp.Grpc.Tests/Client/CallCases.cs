using EtcdSharp.Api;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Tests.Support;

namespace EtcdSharp.Grpc.Tests.Client;

/// <summary>Our caller against our server: every kind of call, and every way it ends, the same over every carrier.</summary>
public abstract class CallCases
{
    private protected abstract CallChannel Channel(TestServer server);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(100_000, false)]
    [InlineData(1_500_000, false)]
    [InlineData(0, true)]
    [InlineData(100_000, true)]
    public async Task UnaryRoundTrip(int valueBytes, bool gzip)
    {
        await using TestServer server = await TestServer.StartAsync();
        using CallChannel channel = Channel(server);
        foreach (GrpcMethod<PutRequest, PutRequest> method in new[] { TestMethods.Echo, TestMethods.EchoLater })
        {
            PutRequest sent = TestMethods.Message("k", valueBytes);
            PutRequest answer = await channel.UnaryAsync(method, sent, new() { Gzip = gzip }, default);
            Assert.Equal(sent, answer);
        }
    }

    [Fact]
    public async Task EmptyMessageRoundTrip()
    {
        await using TestServer server = await TestServer.StartAsync();
        using CallChannel channel = Channel(server);
        Assert.Equal(new PutRequest(), await channel.UnaryAsync(TestMethods.Echo, new PutRequest()));
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "etcdserver: requested lease not found", false)]
    [InlineData(StatusCode.Unavailable, "line\nbreak 100% – ü", true)]
    [InlineData(StatusCode.Unauthenticated, "", false)]
    public async Task RefusalsArriveWithCodeMessageAndTrailers(StatusCode code, string message, bool throws)
    {
        await using TestServer server = await TestServer.StartAsync();
        using CallChannel channel = Channel(server);
        PutRequest request = TestMethods.Message(message);
        request.Lease = (int)code;
        request.PrevKv = throws;
        GrpcStatusException refused = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await channel.UnaryAsync(TestMethods.Refuse, request)
        );
        Assert.Equal(code, refused.Code);
        Assert.Equal(message, refused.Status.Message);
        Assert.Equal("because", refused.Trailers["why"]);
    }

    [Fact]
    public async Task UnknownNamesAreRefusedWithTheWordsOfGrpcGo()
    {
        await using TestServer server = await TestServer.StartAsync();
        using CallChannel channel = Channel(server);
        GrpcMethod<PutRequest, PutRequest> noMethod = GrpcMethod.Protobuf<PutRequest, PutRequest>(
            GrpcMethodKind.Unary,
            TestMethods.Service,
            "Nothing"
        );
        GrpcMethod<PutRequest, PutRequest> noService = GrpcMethod.Protobuf<PutRequest, PutRequest>(
            GrpcMethodKind.Unary,
            "no.Such",
            "Nothing"
        );
        GrpcStatusException method = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await channel.UnaryAsync(noMethod, new())
        );
        GrpcStatusException service = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await channel.UnaryAsync(noService, new())
        );
        Assert.Equal(new(StatusCode.Unimplemented, "unknown method Nothing for service test.Echo"), method.Status);
        Assert.Equal(new(StatusCode.Unimplemented, "unknown service no.Such"), service.Status);
    }

    [Fact]
    public async Task DeadlineEndsTheCallOnBothSides()
    {
        TaskCompletionSource<GrpcStatus> finished = new();
        await using TestServer server = await TestServer.StartAsync(
            new() { Stages = [new RecordingStage(finished)] },
            new(),
            TestMethods.AddTo
        );
        using CallChannel channel = Channel(server);
        GrpcStatusException late = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await channel.UnaryAsync(TestMethods.Wait, new(), new() { Timeout = TimeSpan.FromMilliseconds(200) }, default)
        );
        Assert.Equal(StatusCode.DeadlineExceeded, late.Code);
        GrpcStatus onServer = await finished.Task.WaitAsync(TimeSpan.FromSeconds(10));

        // The client's reset and the server's own timer race; either has ended the handler.
        Assert.Contains(onServer.Code, new[] { StatusCode.DeadlineExceeded, StatusCode.Cancelled });
    }

    [Fact]
    public async Task CancellationOfTheClientReachesTheHandler()
    {
        TaskCompletionSource<GrpcStatus> finished = new();
        TaskCompletionSource started = new();
        await using TestServer server = await TestServer.StartAsync(
            new() { Stages = [new RecordingStage(finished, started)] },
            new(),
            TestMethods.AddTo
        );
        using CallChannel channel = Channel(server);
        using CancellationTokenSource cancel = new();
        Task<PutRequest> call = channel.UnaryAsync(TestMethods.Wait, new(), default, cancel.Token).AsTask();
        await started.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await cancel.CancelAsync();
        GrpcStatusException cancelled = await Assert.ThrowsAsync<GrpcStatusException>(() => call);
        Assert.Equal(StatusCode.Cancelled, cancelled.Code);
        Assert.Equal(StatusCode.Cancelled, (await finished.Task.WaitAsync(TimeSpan.FromSeconds(10))).Code);
    }

    [Fact]
    public async Task ClientStreaming()
    {
        await using TestServer server = await TestServer.StartAsync();
        using CallChannel channel = Channel(server);
        using ClientCall<PutRequest, PutRequest> call = channel.Open(TestMethods.Count);
        for (int i = 0; i < 1000; i++)
        {
            await call.WriteAsync(TestMethods.Message("k"));
        }

        Assert.Equal(1000, (await call.ResponseAsync()).Lease);
    }

    [Fact]
    public async Task ServerStreaming()
    {
        await using TestServer server = await TestServer.StartAsync();
        using CallChannel channel = Channel(server);
        PutRequest request = TestMethods.Message("k", 1000);
        request.Lease = 1000;
        using ClientCall<PutRequest, PutRequest> call = await channel.OpenAsync(TestMethods.Repeat, request, default, default);
        int count = 0;
        await foreach (PutRequest copy in call.ReadAllAsync())
        {
            Assert.Equal(request, copy);
            count++;
        }

        Assert.Equal(1000, count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BidirectionalAnswersEachMessageInTurn(bool gzip)
    {
        await using TestServer server = await TestServer.StartAsync();
        using CallChannel channel = Channel(server);
        using ClientCall<PutRequest, PutRequest> call = channel.Open(TestMethods.Chat, new() { Gzip = gzip }, default);
        for (int i = 0; i < 200; i++)
        {
            PutRequest sent = TestMethods.Message($"key {i}", i * 100);
            await call.WriteAsync(sent);
            Assert.True(await call.MoveNextAsync());
            Assert.Equal(sent, call.Current);
        }

        await call.CompleteWritesAsync();
        Assert.False(await call.MoveNextAsync());
    }

    [Fact]
    public async Task RefusedStreamThrowsOnRead()
    {
        await using TestServer server = await TestServer.StartAsync(services =>
            services.Bidirectional(
                TestMethods.Chat,
                static (_, _, _) => new(new GrpcStatus(StatusCode.ResourceExhausted, "no more"))
            )
        );
        using CallChannel channel = Channel(server);
        using ClientCall<PutRequest, PutRequest> call = channel.Open(TestMethods.Chat);
        GrpcStatusException refused = await Assert.ThrowsAsync<GrpcStatusException>(async () => await call.MoveNextAsync());
        Assert.Equal(new(StatusCode.ResourceExhausted, "no more"), refused.Status);
    }

    [Fact]
    public async Task NobodyListeningIsUnavailable()
    {
        TestServer server = await TestServer.StartAsync();
        using CallChannel channel = Channel(server);
        await server.DisposeAsync();
        GrpcStatusException refused = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await channel.UnaryAsync(TestMethods.Echo, new())
        );
        Assert.Equal(StatusCode.Unavailable, refused.Code);
    }
}
