using EtcdSharp.Api;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.InProcess;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Grpc.Tests.Support;

namespace EtcdSharp.Grpc.Tests.InProcess;

/// <summary>What is different without a connection: who waits for whom, and who owns what when one of the two goes.</summary>
public sealed class InProcessChannelTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task MetadataAndTrailersTravel()
    {
        (InProcessChannel channel, _) = Serve(services =>
            services.Unary(
                TestMethods.Echo,
                static (request, call) =>
                {
                    call.AddHeader("seen", call.Header("name") ?? "nothing");
                    return new(TestMethods.Message($"{call.FirstHeader("name")} {call.Header("name")} {call.Header("none")}|"));
                }
            )
        );
        GrpcMetadata headers = new() { { "name", "first" }, { "Name", "last" } };
        PutRequest answer = await channel.UnaryAsync(TestMethods.Echo, new(), new() { Headers = headers }, default);
        Assert.Equal("first last |", answer.Key.ToStringUtf8());
    }

    /// <summary>The caller's thread may be that of a window: nothing of the server may want to come back to it.</summary>
    [Fact]
    public async Task HandlersSeeNoSynchronizationContext()
    {
        (InProcessChannel channel, _) = Serve(services =>
            services.Unary(
                TestMethods.Echo,
                static (request, _) => new(TestMethods.Message(SynchronizationContext.Current is null ? "none" : "some"))
            )
        );
        PutRequest answer = await Task.Run(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            Task<PutRequest> call = channel.UnaryAsync(TestMethods.Echo, new()).AsTask();
            SynchronizationContext.SetSynchronizationContext(null);
            return call;
        });
        Assert.Equal("none", answer.Key.ToStringUtf8());
    }

    [Fact]
    public async Task AHandlerThatIgnoresTheCancellationKeepsItsBytesAndNobodyWaitsForIt()
    {
        TaskCompletionSource entered = new();
        TaskCompletionSource goOn = new();
        TaskCompletionSource<byte[]> seen = new();
        GrpcMethod<System.Buffers.ReadOnlySequence<byte>, PutRequest> raw = TestMethods.Echo.With(
            RawMarshaller.Instance,
            TestMethods.Echo.ResponseMarshaller
        );
        (InProcessChannel channel, _) = Serve(services =>
            services.Unary(
                raw,
                async (request, _) =>
                {
                    if (request.FirstSpan[0] == 255)
                    {
                        return new PutRequest();
                    }

                    entered.SetResult();
                    await goOn.Task;
                    seen.SetResult(System.Buffers.BuffersExtensions.ToArray(request));
                    return new PutRequest();
                }
            )
        );
        using CancellationTokenSource cancel = new();
        byte[] sent = [.. Enumerable.Range(0, 200).Select(static i => (byte)i)];
        Task<PutRequest> call = channel.UnaryAsync(raw, new(sent), default, cancel.Token).AsTask();
        await entered.Task.WaitAsync(Patience);
        await cancel.CancelAsync();
        GrpcStatusException cancelled = await Assert.ThrowsAsync<GrpcStatusException>(() => call.WaitAsync(Patience));
        Assert.Equal(StatusCode.Cancelled, cancelled.Code);

        // Others go on, on many threads, with arrays of the same size from the same pool.
        byte[] others = new byte[sent.Length];
        Array.Fill(others, byte.MaxValue);
        await Task.WhenAll(
            Enumerable
                .Range(0, 64)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        for (int i = 0; i < 100; i++)
                        {
                            await channel.UnaryAsync(raw, new(others), default, default);
                        }
                    })
                )
        );

        goOn.SetResult();
        Assert.Equal(sent, await seen.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task AnAnswerThatNobodyTakesStopsItsHandler()
    {
        long written = 0;
        TaskCompletionSource stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        (InProcessChannel channel, _) = Serve(services =>
            services.ServerStreaming(
                TestMethods.Repeat,
                async (request, responses, _) =>
                {
                    for (int i = 0; i < 10_000; i++)
                    {
                        ValueTask<bool> sent = responses.WriteAsync(request);
                        Interlocked.Increment(ref written);
                        if (!sent.IsCompleted)
                        {
                            stuck.TrySetResult();
                        }

                        if (!await sent)
                        {
                            return new GrpcStatus(StatusCode.Cancelled, "nobody listens");
                        }
                    }

                    return GrpcStatus.Ok;
                }
            )
        );
        PutRequest request = TestMethods.Message("k", 10_000);
        using ClientCall<PutRequest, PutRequest> call = await channel.OpenAsync(TestMethods.Repeat, request, default, default);
        await stuck.Task.WaitAsync(Patience);
        Assert.InRange(Interlocked.Read(ref written), 1, 200);
        int read = 0;
        while (await call.MoveNextAsync())
        {
            read++;
        }

        Assert.Equal(10_000, read);
    }

    [Fact]
    public async Task ARequestThatNobodyReadsStopsItsWriter()
    {
        TaskCompletionSource read = new();
        (InProcessChannel channel, _) = Serve(services =>
            services.ClientStreaming(
                TestMethods.Count,
                async (requests, _) =>
                {
                    await read.Task;
                    long count = 0;
                    while (await requests.MoveNextAsync())
                    {
                        count++;
                    }

                    return new PutRequest { Lease = count };
                }
            )
        );
        using ClientCall<PutRequest, PutRequest> call = channel.Open(TestMethods.Count);
        PutRequest request = TestMethods.Message("k", 10_000);
        int sent = 0;
        ValueTask writing;
        do
        {
            writing = call.WriteAsync(request);
            sent++;
        } while (writing.IsCompletedSuccessfully && sent < 10_000);

        Assert.InRange(sent, 1, 200);
        read.SetResult();
        await writing;
        Assert.Equal(sent, (await call.ResponseAsync()).Lease);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OneMessageMayBeLargerThanWhatIsOnItsWay(bool isTooLarge)
    {
        GrpcServerOptions options = new() { MaxReceiveMessageBytes = isTooLarge ? 2_000_000 : 10_000_000 };
        (InProcessChannel channel, _) = Serve(TestMethods.AddTo, options);
        using ClientCall<PutRequest, PutRequest> call = channel.Open(TestMethods.Chat);
        PutRequest sent = TestMethods.Message("k", 5_000_000);
        if (!isTooLarge)
        {
            await call.WriteAsync(sent);
            Assert.True(await call.MoveNextAsync());
            Assert.Equal(sent, call.Current);
            Assert.Equal(sent, await channel.UnaryAsync(TestMethods.Echo, sent));
            return;
        }

        GrpcStatus tooLarge = new(
            StatusCode.ResourceExhausted,
            $"grpc: received message larger than max ({sent.CalculateSize()} vs. 2000000)"
        );
        Task writing = call.WriteAsync(sent).AsTask();
        GrpcStatusException refused = await Assert.ThrowsAsync<GrpcStatusException>(async () => await call.MoveNextAsync());
        Assert.Equal(tooLarge, refused.Status);
        Assert.Equal(tooLarge, (await Assert.ThrowsAsync<GrpcStatusException>(() => writing)).Status);
        refused = await Assert.ThrowsAsync<GrpcStatusException>(async () => await channel.UnaryAsync(TestMethods.Echo, sent));
        Assert.Equal(tooLarge, refused.Status);
    }

    /// <summary>Half a stream must not be taken for a whole one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ACallThatIsGivenUpIsNotOneThatHasEnded(bool readsFirst)
    {
        TaskCompletionSource<GrpcStatus> finished = new();
        TaskCompletionSource received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GrpcServerOptions options = new() { Stages = [new RecordingStage(finished, received)] };
        (InProcessChannel channel, _) = Serve(TestMethods.AddTo, options);
        using (ClientCall<PutRequest, PutRequest> call = channel.Open(TestMethods.Count))
        {
            await call.WriteAsync(new());
            if (readsFirst)
            {
                await received.Task.WaitAsync(Patience);
            }
        }

        Assert.Equal(StatusCode.Cancelled, (await finished.Task.WaitAsync(Patience)).Code);
    }

    [Fact]
    public async Task ALateDisposalHarmsNobody()
    {
        (InProcessChannel channel, _) = Serve(TestMethods.AddTo);
        ClientCall<PutRequest, PutRequest> call = channel.Open(TestMethods.Chat);
        Task<bool> reading = call.MoveNextAsync().AsTask();
        call.Dispose();
        GrpcStatusException cancelled = await Assert.ThrowsAsync<GrpcStatusException>(() => reading.WaitAsync(Patience));
        Assert.Equal(StatusCode.Cancelled, cancelled.Code);
        Assert.Equal(
            StatusCode.Cancelled,
            (await Assert.ThrowsAsync<GrpcStatusException>(async () => await call.WriteAsync(new()))).Code
        );
    }

    [Fact]
    public async Task AStoppingServerWaitsForWhatRunsAndTakesNoMore()
    {
        TaskCompletionSource entered = new();
        TaskCompletionSource goOn = new();
        (InProcessChannel channel, _) = Serve(services =>
            services.Unary(
                TestMethods.Echo,
                async (request, _) =>
                {
                    entered.SetResult();
                    await goOn.Task;
                    return request;
                }
            )
        );
        Task<PutRequest> call = channel.UnaryAsync(TestMethods.Echo, TestMethods.Message("k")).AsTask();
        await entered.Task.WaitAsync(Patience);
        Task stop = channel.StopAsync(Patience, new(StatusCode.Unavailable, "stopped"));
        GrpcStatusException refused = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await channel.UnaryAsync(TestMethods.Echo, new())
        );
        Assert.Equal(StatusCode.Unavailable, refused.Code);
        Assert.True(refused.NotSent);
        Assert.False(stop.IsCompleted);
        goOn.SetResult();
        Assert.Equal("k", (await call).Key.ToStringUtf8());
        await stop.WaitAsync(Patience);
    }

    [Fact]
    public async Task WhatOutlastsTheDrainIsCancelledWithTheStatusOfTheStop()
    {
        TaskCompletionSource received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GrpcServerOptions options = new() { Stages = [new RecordingStage(new(), received)] };
        (InProcessChannel channel, _) = Serve(TestMethods.AddTo, options);
        Task<PutRequest> call = channel.UnaryAsync(TestMethods.Wait, new()).AsTask();
        await received.Task.WaitAsync(Patience);
        await channel.StopAsync(TimeSpan.Zero, new(StatusCode.Unavailable, "stopped"));
        GrpcStatusException ended = await Assert.ThrowsAsync<GrpcStatusException>(() => call.WaitAsync(Patience));
        Assert.Equal(new(StatusCode.Unavailable, "stopped"), ended.Status);
        Assert.False(ended.NotSent);
    }

    private static (InProcessChannel Channel, CallTable Calls) Serve(
        Action<GrpcServiceBuilder> register,
        GrpcServerOptions? options = null
    )
    {
        GrpcServiceBuilder services = new();
        register(services);
        CallTable calls = services.BuildTable(options ?? new());
        InProcessChannel channel = new();
        channel.Serve(calls);
        return (channel, calls);
    }
}
