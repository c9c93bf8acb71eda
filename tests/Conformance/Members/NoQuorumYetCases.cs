using System.Globalization;
using System.Net.Sockets;
using EtcdSharp.Conformance.Wire;

namespace EtcdSharp.Conformance.Members;

/// <summary>A member of two whose other one has not come: what its probes see until there is a quorum.</summary>
public sealed class NoQuorumYetCases
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    [Theory, OnEach]
    public async Task TheMonitoringIsServed(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Given, "needs a server of its own");
        var monitoring = Local(FreePort.Next());
        await using var server = Launch(kind, monitoring);
        await WaitUntilListening(server, monitoring);

        Assert.Equal(("HTTP/1.1 200 OK", "ok\n"), await Ask(monitoring, "/livez"));
        Assert.Equal(
            ("HTTP/1.1 200 OK", """{"health":"true","reason":""}"""),
            await Ask(monitoring, "/health?serializable=true")
        );
        Assert.Equal(
            ("HTTP/1.1 503 Service Unavailable", """{"health":"false","reason":"RAFT NO LEADER"}""" + "\n"),
            await Ask(monitoring, "/health")
        );
        var (status, metrics) = await Ask(monitoring, "/metrics");
        Assert.Equal("HTTP/1.1 200 OK", status);
        Assert.Contains("\netcd_server_has_leader 0\n", metrics, StringComparison.Ordinal);
        Assert.Equal(
            ("HTTP/1.1 503 Service Unavailable", "[-]linearizable_read failed: etcdserver: request timed out\n\n"),
            await Ask(monitoring, "/readyz/linearizable_read")
        );
        Assert.Equal("HTTP/1.1 404 Not Found", (await Ask(monitoring, "/version")).Status);
    }

    // A client that comes early waits for the member instead of being refused.
    [Theory, OnEach]
    public async Task ClientsConnectAndWait(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Given, "needs a server of its own");
        var monitoring = Local(FreePort.Next());
        await using var server = Launch(kind, monitoring);
        await WaitUntilListening(server, monitoring);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port);
        await client.Client.SendAsync("GET /health?serializable=true HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        Assert.Equal("HTTP/1.1 200 OK", (await Ask(monitoring, "/livez")).Status);
        Assert.Equal(0, client.Available);
        Assert.False(client.Client.Poll(0, SelectMode.SelectRead), "the connection was answered or closed");
    }

    private static EtcdServer Launch(ServerKind kind, Uri monitoring)
    {
        var peer = Local(FreePort.Next()).GetLeftPart(UriPartial.Authority);
        return EtcdServer.Launch(
            kind,
            new ServerOptions([
                "--listen-peer-urls",
                peer,
                "--initial-advertise-peer-urls",
                peer,
                "--initial-cluster",
                $"default={peer},absent=http://127.0.0.1:1",
                "--listen-metrics-urls",
                monitoring.GetLeftPart(UriPartial.Authority),
                "--heartbeat-interval",
                "20",
                "--election-timeout",
                "200",
                "--log-level",
                "error",
            ])
        );
    }

    private static Uri Local(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private static async Task<(string Status, string Body)> Ask(Uri address, string path)
    {
        var answer = await RawHttp.AskAsync(address, $"GET {path} HTTP/1.1");
        return (answer.Status, answer.Text);
    }

    private static async Task WaitUntilListening(EtcdServer server, Uri address)
    {
        var limit = DateTime.UtcNow + s_startLimit;
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(address.Host, address.Port);
                return;
            }
            catch (SocketException) when (DateTime.UtcNow < limit)
            {
                await Task.Delay(20);
            }
            catch (SocketException refused)
            {
                Assert.Fail($"{address} does not listen: {refused.Message}\n{server.Output}");
            }
        }
    }
}
