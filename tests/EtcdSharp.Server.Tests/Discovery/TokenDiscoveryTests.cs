using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Server.Tests.Peer;

namespace EtcdSharp.Server.Tests.Discovery;

public sealed class TokenDiscoveryTests
{
    private const string SizeKey = "/_etcd/registry/token-1/_config/size";

    [Fact]
    public async Task MembersFindEachOtherThroughAnotherClusterAndOneTooManyIsRefused()
    {
        await using var registry = await TestCluster.StartAsync(1);
        await registry.PutAsync("m1", SizeKey, "3");
        var endpoint = registry.Members["m1"].ClientUrls[0];
        MemberOptions Discovered(MemberOptions options) =>
            options with
            {
                InitialCluster = [],
                DiscoveryEndpoints = [endpoint],
                DiscoveryToken = "token-1",
            };
        await using var cluster = await TestCluster.StartAsync(3, Discovered);
        await cluster.PutAsync("m1", "found", "by token");
        Assert.Equal("by token", await cluster.GetAsync("m3", "found"));
        Assert.Single(cluster.Members.Values.Select(member => member.ClusterId).Distinct());

        var tooMany = await Assert.ThrowsAsync<BootstrapException>(() => TestCluster.StartAsync(1, Discovered));
        Assert.Equal("failed to join discovery cluster (discovery: cluster is full)", tooMany.Message);
    }

    /// <summary>A machine that is off answers nothing at all, not even that nobody listens; Linux does so when too many wait to be accepted.</summary>
    [Fact]
    public async Task AnEndpointThatCannotBeConnectedToIsGivenUpForTheNextOne()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(0);
        var address = (IPEndPoint)silent.LocalEndPoint!;
        using var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await waiting.ConnectAsync(address, TestContext.Current.CancellationToken);

        await using var registry = await TestCluster.StartAsync(1);
        await registry.PutAsync("m1", SizeKey, "1");
        var started = Stopwatch.GetTimestamp();
        await using var cluster = await TestCluster.StartAsync(
            1,
            options =>
                options with
                {
                    InitialCluster = [],
                    DiscoveryEndpoints = [$"http://{address}", registry.Members["m1"].ClientUrls[0]],
                    DiscoveryToken = "token-1",
                    DiscoveryDialTimeout = TimeSpan.FromMilliseconds(100),
                    DiscoveryRequestTimeout = TimeSpan.FromSeconds(10),
                }
        );
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(9));
    }

    [Theory]
    [InlineData(null, "size key not found")]
    [InlineData("many", "size key is bad")]
    public async Task ATokenWithoutAUsableSizeIsRefused(string? size, string reason)
    {
        await using var registry = await TestCluster.StartAsync(1);
        if (size is not null)
        {
            await registry.PutAsync("m1", SizeKey, size);
        }

        var endpoint = new Uri(registry.Members["m1"].ClientUrls[0]).Authority;
        var refused = await Assert.ThrowsAsync<BootstrapException>(() =>
            TestCluster.StartAsync(1, options => options with { DiscoveryEndpoints = [endpoint], DiscoveryToken = "token-1" })
        );
        Assert.Equal($"failed to join discovery cluster (discovery: {reason})", refused.Message);
    }
}
