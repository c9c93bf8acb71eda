using System.Diagnostics;
using System.Net.Http.Headers;

namespace EtcdSharp.Hostile.Reads;

/// <summary>
/// Ranges of 220 MB, asked for by callers who do not take the answer, take it eight at a time, or stand still with it in
/// their hands.
/// </summary>
public sealed class LargeRangeTests(ITestOutputHelper output)
{
    private const int Megabyte = 1024 * 1024;
    private const int StoredMegabytes = 220;
    private const int Readers = 8;
    private const int Connections = 6;
    private const int CallsPerConnection = 50;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>Two processors are shared with the eight readers of this process, for each of whom the kernel copies 220 MB.</summary>
    private static readonly AttackLimits s_besideReaders = new() { LatencyFloor = TimeSpan.FromSeconds(1) };

    private static readonly RangeRequest s_everything = new()
    {
        Key = ByteString.CopyFromUtf8("large-"),
        RangeEnd = ByteString.CopyFromUtf8("large."),
        Serializable = true,
    };

    [Theory]
    [InlineData(ServerKind.Real, "range")]
    [InlineData(ServerKind.Ours, "range")]
    [InlineData(ServerKind.Ours, "sorted")]
    [InlineData(ServerKind.Ours, "stream")]
    [InlineData(ServerKind.Ours, "txn")]
    public async Task Three_hundred_large_reads_that_are_reset_at_once_cost_little(ServerKind kind, string what)
    {
        await using var round = await AttackRound.StartAsync(kind, prepare: FillAsync);
        var (path, request) = Question(what);
        var cpu = TimeSpan.Zero;
        var memory = 0L;
        using var peak = new PeakMemory(round.Server);
        await round.RunAsync(async () =>
        {
            memory = round.Server.Memory().Anonymous;
            cpu = round.Server.CpuTime();
            await Task.WhenAll(
                Enumerable.Range(0, Connections).Select(_ => Task.Run(() => AskAndReset(round.Server, path, request)))
            );
        });

        // The puts that went on meanwhile are among it.
        var cost = round.Server.CpuTime() - cpu;
        output.WriteLine(
            $"{kind}, {what}: {cost.TotalSeconds:f2} s of CPU; {memory / Megabyte} MB of its own before, {peak.Anonymous / Megabyte} MB at most"
        );
        if (kind == ServerKind.Ours)
        {
            // 300 passes over 220 MB took 22 s of a processor and 7.8 GB.
            Assert.True(cost < TimeSpan.FromSeconds(5), $"{cost} of CPU");
            Assert.True(
                peak.Anonymous - memory < 400L * Megabyte,
                $"{peak.Anonymous / Megabyte} MB, {memory / Megabyte} MB before"
            );
        }
    }

    /// <summary>Each may be read in one go, and together they are 540 MB: 64 MB of them are, and the others hold pieces.</summary>
    [Fact]
    public async Task Six_hundred_answers_of_a_megabyte_that_nobody_takes_have_a_bound_in_all()
    {
        const int calls = 600;
        const long growthMax = 250L * Megabyte;
        var limits = s_besideReaders with { ResidentGrowthMax = growthMax };
        await using var round = await AttackRound.StartAsync(ServerKind.Ours, limits: limits);
        var request = s_everything.Clone();
        request.Key = ByteString.CopyFromUtf8("middle-");
        request.RangeEnd = ByteString.CopyFromUtf8("middle.");
        var frame = GrpcFrame.Of(request);
        for (var i = 0; i < 9; i++)
        {
            await round.Server.Endpoint.Put(
                new PutRequest
                {
                    Key = ByteString.CopyFromUtf8($"middle-{i}"),
                    Value = ByteString.CopyFrom(new byte[Megabyte / 10]),
                }
            );
        }

        var memory = 0L;
        using var peak = new PeakMemory(round.Server);
        await round.RunAsync(async () =>
        {
            memory = round.Server.Memory().Anonymous;
            var connections = Enumerable
                .Range(0, Connections)
                .Select(_ => new Http2Connection(round.Server.Address, s_patience))
                .ToList();
            try
            {
                await Task.WhenAll(
                    connections.Select(connection => Task.Run(() => AskAndLeave(connection, calls / Connections, frame)))
                );

                // All are read or wait for room by now.
                await round.PutsAsync(300);
            }
            finally
            {
                connections.ForEach(static connection => connection.Dispose());
            }
        });
        output.WriteLine($"{memory / Megabyte} MB of its own before, {peak.Anonymous / Megabyte} MB at most");
        Assert.True(peak.Anonymous - memory < growthMax, $"{peak.Anonymous / Megabyte} MB, {memory / Megabyte} MB before");
    }

    [Theory]
    [InlineData(ServerKind.Real)]
    [InlineData(ServerKind.Ours)]
    public async Task Eight_readers_at_once_take_pages_and_not_eight_times_the_range(ServerKind kind)
    {
        await using var round = await AttackRound.StartAsync(kind, limits: s_besideReaders, prepare: FillAsync);
        await AssertHoldsPagesAsync(
            round,
            () => Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => ReadAsync(round.Server))),
            kind
        );
    }

    [Theory]
    [InlineData(ServerKind.Real)]
    [InlineData(ServerKind.Ours)]
    public async Task Eight_readers_that_stand_still_hold_pages(ServerKind kind)
    {
        await using var round = await AttackRound.StartAsync(kind, limits: s_besideReaders, prepare: FillAsync);
        await AssertHoldsPagesAsync(
            round,
            async () =>
            {
                var answers = await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => AskAsync(round.Server)));
                for (var i = 0; i < 100; i++)
                {
                    await round.Server.Endpoint.Put(new PutRequest { Key = ByteString.CopyFromUtf8("beside") });
                }

                foreach (var (http, answer) in answers)
                {
                    answer.Dispose();
                    http.Dispose();
                }
            },
            kind
        );
    }

    /// <summary>Real etcd holds the answer of each reader; it is asked for the figures alone.</summary>
    private async Task AssertHoldsPagesAsync(AttackRound round, Func<Task> attack, ServerKind kind)
    {
        var memory = 0L;
        using var peak = new PeakMemory(round.Server);
        var measured = async () =>
        {
            memory = round.Server.Memory().Anonymous;
            await attack();
        };
        if (kind == ServerKind.Ours)
        {
            await round.RunAsync(measured);
        }
        else
        {
            await measured();
        }

        output.WriteLine($"{kind}: {memory / Megabyte} MB of its own before, {peak.Anonymous / Megabyte} MB at most");
        Assert.True(
            kind == ServerKind.Real || peak.Anonymous - memory < 200L * Megabyte,
            $"{peak.Anonymous / Megabyte} MB, {memory / Megabyte} MB before"
        );
    }

    private static (string Path, byte[] Request) Question(string what)
    {
        var sorted = s_everything.Clone();
        sorted.SortTarget = RangeRequest.Types.SortTarget.Value;
        sorted.SortOrder = RangeRequest.Types.SortOrder.Descend;
        var txn = new TxnRequest();
        txn.Success.Add(new RequestOp { RequestRange = s_everything });
        return what switch
        {
            "sorted" => ("/etcdserverpb.KV/Range", GrpcFrame.Of(sorted)),
            "stream" => ("/etcdserverpb.KV/RangeStream", GrpcFrame.Of(s_everything)),
            "txn" => ("/etcdserverpb.KV/Txn", GrpcFrame.Of(txn)),
            _ => ("/etcdserverpb.KV/Range", GrpcFrame.Of(s_everything)),
        };
    }

    /// <summary>Returns when the server has answered a ping that was sent behind the calls, so has seen them all.</summary>
    private static void AskAndReset(EtcdServer server, string path, byte[] request)
    {
        using var connection = new Http2Connection(server.Address, s_patience);
        for (var i = 0; i < CallsPerConnection; i++)
        {
            var stream = (2 * i) + 1;
            connection.SendCall(stream, path, []);
            connection.SendData(stream, request, end: true);
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

    /// <summary>Takes what the windows of the streams let through, and nothing more of any answer.</summary>
    private static void AskAndLeave(Http2Connection connection, int calls, byte[] request)
    {
        for (var i = 0; i < calls; i++)
        {
            var stream = (2 * i) + 1;
            connection.SendCall(stream, "/etcdserverpb.KV/Range", []);
            connection.SendData(stream, request, end: true);
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

    /// <summary>The values are read once, so that the file's pages are counted among what is resident from the beginning.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> FillAsync(EtcdServer server)
    {
        var value = new byte[Megabyte];
        for (var i = 0; i < StoredMegabytes; i++)
        {
            await server.Endpoint.Put(
                new PutRequest { Key = ByteString.CopyFromUtf8($"large-{i:d4}"), Value = ByteString.CopyFrom(value) }
            );
        }

        await ReadAsync(server);
        return new Dictionary<string, string>(StringComparer.Ordinal);
    }

    /// <summary>Reads the answer to its end; its length is what its frame says.</summary>
    private static async Task ReadAsync(EtcdServer server)
    {
        var (http, answer) = await AskAsync(server);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var prefix = new byte[GrpcFrame.PrefixLength];
        await body.ReadExactlyAsync(prefix);
        var promised = (prefix[1] << 24) | (prefix[2] << 16) | (prefix[3] << 8) | prefix[4];
        var buffer = new byte[64 * 1024];
        long read = 0;
        for (int got; (got = await body.ReadAsync(buffer)) > 0; )
        {
            read += got;
        }

        Assert.Equal(promised, read);
        Assert.True(read > (long)StoredMegabytes * Megabyte);
        Assert.Equal("0", answer.TrailingHeaders.GetValues("grpc-status").Single());
        answer.Dispose();
        http.Dispose();
    }

    /// <summary>Asks on a connection of its own; returns with the headers.</summary>
    private static async Task<(HttpClient Http, HttpResponseMessage Answer)> AskAsync(EtcdServer server)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = s_patience };
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/etcdserverpb.KV/Range"))
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(GrpcFrame.Of(s_everything)),
        };
        request.Headers.Add("te", "trailers");
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return (http, await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }
}
