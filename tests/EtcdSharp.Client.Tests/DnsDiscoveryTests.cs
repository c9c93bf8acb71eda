using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

/// <summary>Members found by their domain, at a name server of the test's own.</summary>
public sealed class DnsDiscoveryTests(Servers servers)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task EndpointsComeInTheOrderOfTheirPriority()
    {
        using var server = new FakeNameServer();
        server.Records["_etcd-client._tcp.example.com"] =
        [
            (20, 1, 2379, "late.example.com"),
            (10, 1, 2379, "light.example.com"),
            (10, 5, 12379, "heavy.example.com"),
        ];
        Assert.Equal(
            ["http://heavy.example.com:12379", "http://light.example.com:2379", "http://late.example.com:2379"],
            await DnsDiscovery.FindEndpointsAsync("example.com", server: server.Address).WaitAsync(s_patience)
        );
    }

    [Fact]
    public async Task ThoseWithTlsComeFirst()
    {
        using var server = new FakeNameServer();
        server.Records["_etcd-client-ssl-blue._tcp.x"] = [(0, 0, 1, "s.x")];
        server.Records["_etcd-client-blue._tcp.x"] = [(0, 0, 1, "p.x")];
        Assert.Equal(
            ["https://s.x:1", "http://p.x:1"],
            await DnsDiscovery.FindEndpointsAsync("x", "blue", server.Address).WaitAsync(s_patience)
        );
    }

    [Fact]
    public async Task ADomainWithoutMembersIsTold()
    {
        using var server = new FakeNameServer();
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() =>
            DnsDiscovery.FindEndpointsAsync("x", server: server.Address).WaitAsync(s_patience)
        );
        Assert.StartsWith("dns lookup errors: lookup _etcd-client-ssl._tcp.x on 127.0.0.1:", failure.Message);
        Assert.Contains(" and lookup _etcd-client._tcp.x on 127.0.0.1:", failure.Message);
    }

    [Theory]
    [OnEach]
    public async Task AClientFindsItsClusterByTheDomain(ServerKind kind)
    {
        var member = await servers.Shared(kind);
        using var server = new FakeNameServer();
        server.Records["_etcd-client-blue._tcp.example.com"] = [(0, 0, member.Address.Port, "localhost")];
        var options = new EtcdClientOptions { Namespace = $"/{Guid.NewGuid():N}/" };
        await using var client = await EtcdClient.FromDomainAsync("example.com", options, "blue", server.Address);
        Assert.Equal([$"http://localhost:{member.Address.Port}"], client.Endpoints);
        await client.Kv.PutAsync("k", "v");
        Assert.Equal("v", (await client.Kv.GetValueAsync("k")).ToString());
    }
}
