using EtcdSharp.Server.Discovery;
using EtcdSharp.Server.Discovery.Dns;
using EtcdSharp.Server.Node;
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
        server.Records["_etcd-server._tcp.example.test"] = [(2380, "a.example.test"), (12380, "b.example.test")];
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
    public void WhatIsNoAnswerIsNotTakenForOne()
    {
        var question = SrvMessage.Question(7, "a.test")!;
        Assert.Null(SrvMessage.Answer(7, question));
        byte[] circle = [0, 7, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12];
        Assert.Null(SrvMessage.Answer(7, circle));
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(80)];
            random.NextBytes(bytes);
            if (bytes.Length > 12)
            {
                bytes[0] = 0;
                bytes[1] = 7;
                bytes[2] |= 0x80;
                bytes[4] = bytes[6] = 0;
            }

            SrvMessage.Answer(7, bytes);
        }
    }

    [Fact]
    public async Task TheMemberFindsItselfByItsAddressAndIsRefusedWhereItIsNot()
    {
        using var server = new FakeNameServer();
        server.Records["_etcd-server-blue._tcp.example.test"] = [(2380, "localhost"), (2381, "localhost")];
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
                        .. options.InitialCluster.Select(member => (new Uri(member.PeerUrl).Port, "localhost")),
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
