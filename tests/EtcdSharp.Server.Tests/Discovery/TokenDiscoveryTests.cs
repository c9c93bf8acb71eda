using EtcdSharp.Server.Node;
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
