using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace EtcdSharp.Hostile.Maintenance;

/// <summary>Hashes and snapshots of the whole store, asked for by callers who go away at once or stand still.</summary>
public sealed class MaintenanceFloodTests(ITestOutputHelper output)
{
    private const int Megabyte = 1024 * 1024;
    private const int StoredMegabytes = 220;
    private const int Connections = 6;
    private const int CallsPerConnection = 50;

    /// <summary>More than four times what may be in flight.</summary>
    private const int StandingStill = 65;

    /// <summary>MaintenanceService.SnapshotsInFlightMax.</summary>
    private const int InFlightMax = 16;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("HashKV")]
    [InlineData("Hash")]
    [InlineData("Snapshot")]
    public async Task Three_hundred_calls_that_are_reset_at_once_cost_little(string method)
    {
        await using var round = await AttackRound.StartAsync(
            ServerKind.Ours,
            prepare: server => FillAsync(server, StoredMegabytes)
        );
        var cpu = TimeSpan.Zero;
        await round.RunAsync(async () =>
        {
            cpu = round.Server.CpuTime();
            await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => AskAndReset(round.Server, method))));
        });

        // The puts that went on meanwhile are among it.
        var cost = round.Server.CpuTime() - cpu;
        output.WriteLine($"{method}: {cost.TotalSeconds:f2} s of CPU");
        Assert.True(cost < TimeSpan.FromSeconds(5), $"{cost} of CPU");
    }

    [Fact]
    public async Task Three_hundred_hashes_at_the_peer_port_cost_little_when_their_connections_end()
    {
        await using var round = await AttackRound.StartAsync(
            ServerKind.Ours,
            prepare: server => FillAsync(server, StoredMegabytes)
        );
        var cpu = TimeSpan.Zero;
        await round.RunAsync(async () =>
        {
            cpu = round.Server.CpuTime();
            var peer = round.Server.PeerAddress!;
            var question = Encoding.ASCII.GetBytes(
                $"GET /members/hashkv HTTP/1.1\r\nHost: {peer.Authority}\r\nContent-Length: 14\r\n\r\n{{\"revision\":0}}"
            );
            for (var i = 0; i < Connections * CallsPerConnection; i++)
            {
                using var connection = new TcpClient { LingerState = new LingerOption(enable: true, 0) };
                await connection.ConnectAsync(peer.Host, peer.Port);
                await connection.GetStream().WriteAsync(question);
            }

            // One that stays is answered.
            using var http = new HttpClient { Timeout = s_patience };
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(peer, "/members/hashkv"))
            {
                Content = new StringContent("{\"revision\":0}"),
            };
            using var answer = await http.SendAsync(request);
            Assert.Contains("\"hash\":", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        });

        var cost = round.Server.CpuTime() - cpu;
        output.WriteLine($"{cost.TotalSeconds:f2} s of CPU");
        Assert.True(cost < TimeSpan.FromSeconds(5), $"{cost} of CPU");
    }

    [Fact]
    public async Task Snapshots_that_are_not_read_make_room_for_others()
    {
        const int megabytes = 24;
        await using var round = await AttackRound.StartAsync(ServerKind.Ours, prepare: server => FillAsync(server, megabytes));
        var whole = 0;
        await round.RunAsync(async () =>
        {
            // Each has its headers once its snapshot has begun.
            var answers = await Task.WhenAll(Enumerable.Range(0, StandingStill).Select(_ => AskForSnapshotAsync(round.Server)));
            foreach (var (http, answer) in answers)
            {
                whole += await IsWholeAsync(answer, megabytes) ? 1 : 0;
                answer.Dispose();
                http.Dispose();
            }
        });

        output.WriteLine($"{whole} of {StandingStill} were in flight to the end");
        Assert.InRange(whole, 1, InFlightMax);
    }

    /// <summary>Returns when the server has answered a ping that was sent behind the calls, so has seen them all.</summary>
    private static void AskAndReset(EtcdServer server, string method)
    {
        using var connection = new Http2Connection(server.Address, s_patience);
        for (var i = 0; i < CallsPerConnection; i++)
        {
            var stream = (2 * i) + 1;
            connection.SendCall(stream, "/etcdserverpb.Maintenance/" + method, []);
            connection.SendData(stream, new byte[GrpcFrame.PrefixLength], end: true);
            connection.Reset(stream);
        }

        const byte acknowledged = 1;
        connection.Send(Http2Frame.Ping, 0, 0, new byte[8]);
        while (connection.Receive() is { } frame)
        {
            if (frame is (Http2Frame.Ping, acknowledged, _, _))
            {
                return;
            }
        }

        Assert.Fail("the server has closed the connection");
    }

    private static async Task<IReadOnlyDictionary<string, string>> FillAsync(EtcdServer server, int megabytes)
    {
        var value = new byte[Megabyte];
        for (var i = 0; i < megabytes; i++)
        {
            await server.Endpoint.Put(
                new PutRequest { Key = ByteString.CopyFromUtf8($"large-{i:d4}"), Value = ByteString.CopyFrom(value) }
            );
        }

        // The pages of the file are resident from here on.
        await server.Endpoint.Call<HashKVResponse>("/etcdserverpb.Maintenance/HashKV", new HashKVRequest());
        return new Dictionary<string, string>(StringComparer.Ordinal);
    }

    private static async Task<(HttpClient Http, HttpResponseMessage Answer)> AskForSnapshotAsync(EtcdServer server)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = s_patience };
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/etcdserverpb.Maintenance/Snapshot"))
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(new byte[GrpcFrame.PrefixLength]),
        };
        request.Headers.Add("te", "trailers");
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return (http, await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }

    /// <summary>False where the server has ended the call before the last piece.</summary>
    private static async Task<bool> IsWholeAsync(HttpResponseMessage answer, int megabytes)
    {
        var buffer = new byte[64 * 1024];
        long read = 0;
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync();
            for (int got; (got = await body.ReadAsync(buffer)) > 0; )
            {
                read += got;
            }
        }
        catch (Exception ended) when (ended is HttpRequestException or IOException)
        {
            return false;
        }

        var status = answer.TrailingHeaders.TryGetValues("grpc-status", out var values) ? values.Single() : "none";
        if (status != "0")
        {
            const string resourceExhausted = "8";
            Assert.Equal(resourceExhausted, status);
            return false;
        }

        Assert.True(read > (long)megabytes * Megabyte);
        return true;
    }
}
