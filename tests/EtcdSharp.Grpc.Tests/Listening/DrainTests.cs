using EtcdSharp.Api;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Tests.Support;

namespace EtcdSharp.Grpc.Tests.Listening;

public sealed class DrainTests
{
    [Fact]
    public async Task RunningCallsFinishAndNewOnesAreRefused()
    {
        TaskCompletionSource entered = new();
        TaskCompletionSource<GrpcResult<PutRequest>> answer = new();
        TestServer server = await TestServer.StartAsync(services =>
            services.Unary(
                TestMethods.Wait,
                (_, _) =>
                {
                    entered.SetResult();
                    return new(answer.Task);
                }
            )
        );
        using GrpcChannel channel = server.Channel();
        Task<PutRequest> call = channel.UnaryAsync(TestMethods.Wait, new()).AsTask();
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Task stopping = server.Host.StopAsync(TimeSpan.FromSeconds(10));
        using GrpcChannel late = server.Channel();
        GrpcStatusException refused = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await late.UnaryAsync(TestMethods.Wait, new())
        );
        Assert.Equal(StatusCode.Unavailable, refused.Code);
        Assert.False(stopping.IsCompleted);
        answer.SetResult(TestMethods.Message("in time"));
        Assert.Equal(TestMethods.Message("in time"), await call.WaitAsync(TimeSpan.FromSeconds(10)));
        await stopping.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task WhatDoesNotFinishIsCut()
    {
        TestServer server = await TestServer.StartAsync();
        using GrpcChannel channel = server.Channel();
        using ClientCall<PutRequest, PutRequest> call = channel.Open(TestMethods.Chat);
        await call.WriteAsync(TestMethods.Message("k"));
        Assert.True(await call.MoveNextAsync());
        await server.Host.StopAsync(TimeSpan.FromMilliseconds(100)).WaitAsync(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<GrpcStatusException>(async () => await call.MoveNextAsync());
    }
}
