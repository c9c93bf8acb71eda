using EtcdSharp.Api.Health;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Health;
using EtcdSharp.Grpc.Tests.Support;
using ServingStatus = EtcdSharp.Api.Health.HealthCheckResponse.Types.ServingStatus;

namespace EtcdSharp.Grpc.Tests.Server;

public sealed class HealthTests
{
    [Fact]
    public async Task CheckKnowsTheServerAndNamedServices()
    {
        HealthService health = new();
        await using TestServer server = await TestServer.StartAsync(health.AddTo);
        using GrpcChannel channel = server.Channel();
        Assert.Equal(ServingStatus.Serving, (await channel.UnaryAsync(HealthMethods.Check, new())).Status);
        GrpcStatusException unknown = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
            await channel.UnaryAsync(HealthMethods.Check, new() { Service = "x" })
        );
        Assert.Equal(new(StatusCode.NotFound, "unknown service"), unknown.Status);
        health.Set(string.Empty, serving: false);
        health.Set("x", serving: true);
        Assert.Equal(ServingStatus.NotServing, (await channel.UnaryAsync(HealthMethods.Check, new())).Status);
        Assert.Equal(ServingStatus.Serving, (await channel.UnaryAsync(HealthMethods.Check, new() { Service = "x" })).Status);
        Assert.Equal(2, (await channel.UnaryAsync(HealthMethods.List, new())).Statuses.Count);
    }

    [Fact]
    public async Task WatchTellsEveryChange()
    {
        HealthService health = new();
        await using TestServer server = await TestServer.StartAsync(health.AddTo);
        using GrpcChannel channel = server.Channel();
        using ClientCall<HealthCheckRequest, HealthCheckResponse> watch = await channel.OpenAsync(
            HealthMethods.Watch,
            new HealthCheckRequest { Service = "x" },
            default,
            default
        );
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(ServingStatus.ServiceUnknown, watch.Current.Status);
        for (int i = 0; i < 10; i++)
        {
            bool serving = i % 2 == 0;
            health.Set("x", serving);
            Assert.True(await watch.MoveNextAsync());
            Assert.Equal(serving ? ServingStatus.Serving : ServingStatus.NotServing, watch.Current.Status);
        }
    }
}
