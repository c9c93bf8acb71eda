using EtcdSharp.Harness;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Node.Discovery;
using EtcdSharp.Platform.Network;
using EtcdSharp.Server.Tests.Peer;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Discovery;

public sealed class SrvDiscoveryTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task RecordsAreFoundWhateverTheWay(bool truncates, bool sendsNoise)
    {
        using var server = new FakeNameServer { Truncates = truncates, SendsNoise = sendsNoise };
        server.Records["_etcd-server._tcp.example.test"] = [(0, 0, 2380, "a.example.test"), (0, 0, 12380, "b.example.test")];
        var (records, problem) = await new SrvLookup([server.Address]).FindAsync("_etcd-server._tcp.example.test", default);
        Assert.Null(problem);
        Assert.Equal([("a.example.test", 2380), ("b.example.test", 12380)], records.Select(one => (one.Target, (int)one.Port)));
        Assert.Equal(truncates ? 1 : 0, server.AskedByConnection);
    }

    [Fact]
    public async Task ANameThatDoesNotExistIsNamed()
    {
        using var server = new FakeNameServer();
        var (records, problem) = await new SrvLookup([server.Address]).FindAsync("_etcd-server._tcp.nowhere.test", default);
        Assert.Empty(records);
        Assert.Contains("lookup _etcd-server._tcp.nowhere.test on 127.0.0.1", problem, StringComparison.Ordinal);
        Assert.EndsWith("no such host", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANameThatCannotBeAskedForIsNamed()
    {
        using var server = new FakeNameServer();
        var (records, problem) = await new SrvLookup([server.Address]).FindAsync(
            $"_etcd-server._tcp.{new string('x', 64)}",
            default
        );
        Assert.Empty(records);
        Assert.EndsWith("no such host", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADamagedAnswerIsReadOrTold()
    {
        const string name = "_etcd-server._tcp.example.test";
        var random = new Random(1);
        using var server = new FakeNameServer();
        server.Records[name] = [(0, 0, 2380, "a.example.test"), (0, 0, 2381, "b.example.test")];

        // The number of the question stays, or the answer would be taken for another question's and waited past.
        server.Damage = answer =>
        {
            answer[random.Next(2, answer.Length)] = (byte)random.Next(256);
            return random.Next(2) == 0 ? answer : answer[..random.Next(12, answer.Length)];
        };
        var lookup = new SrvLookup([server.Address]);
        for (var i = 0; i < 200; i++)
        {
            var (records, problem) = await lookup.FindAsync(name, default);
            Assert.Equal(records.Count == 0, problem is not null);
        }
    }

    [Fact]
    public async Task TheMemberFindsItselfByItsAddressAndIsRefusedWhereItIsNot()
    {
        using var server = new FakeNameServer();
        server.Records["_etcd-server-blue._tcp.example.test"] = [(0, 0, 2380, "localhost"), (0, 0, 2381, "localhost")];
        var discovery = new SrvDiscovery("example.test", "blue", new SrvLookup([server.Address]), NullLogger.Instance);
        Assert.Equal(
            [("0", "http://localhost:2380"), ("m2", "http://localhost:2381")],
            await discovery.FindAsync("m2", ["http://127.0.0.1:2381"], default)
        );
        var missing = await Assert.ThrowsAsync<BootstrapException>(() =>
            discovery.FindAsync("m2", ["http://127.0.0.1:2390"], default)
        );
        Assert.Equal("cannot find local etcd member \"m2\" in SRV records", missing.Message);
        var nowhere = new SrvDiscovery("nowhere.test", "", new SrvLookup([server.Address]), NullLogger.Instance);
        var unknown = await Assert.ThrowsAsync<BootstrapException>(() =>
            nowhere.FindAsync("m2", ["http://127.0.0.1:2381"], default)
        );
        Assert.Contains("error querying DNS SRV records for _etcd-server ", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MembersFindEachOtherByDns()
    {
        using var server = new FakeNameServer();
        await using var cluster = await TestCluster.StartAsync(
            3,
            options =>
            {
                lock (server)
                {
                    server.Records["_etcd-server._tcp.example.test"] =
                    [
                        .. options.InitialCluster.Select(member => (0, 0, new Uri(member.PeerUrl).Port, "localhost")),
                    ];
                }

                return options with
                {
                    InitialCluster = [],
                    DiscoverySrv = "example.test",
                    NameServers = [server.Address],
                };
            }
        );
        await cluster.PutAsync("m1", "found", "by DNS");
        Assert.Equal("by DNS", await cluster.GetAsync("m3", "found"));
        Assert.Single(cluster.Members.Values.Select(member => member.ClusterId).Distinct());
    }
}
