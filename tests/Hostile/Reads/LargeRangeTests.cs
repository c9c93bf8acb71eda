using System.Diagnostics;
using System.Net.Http.Headers;

namespace EtcdSharp.Hostile.Reads;

/// <summary>
/// Ranges of 200 MB, asked for by callers who do not take the answer, take it slowly, or take it eight at a time, while
/// another client goes on putting.
/// </summary>
public sealed class LargeRangeTests(ITestOutputHelper output)
{
    private const int Megabyte = 1024 * 1024;
    private const int StoredMegabytes = 220;
    private const int QuietPuts = 300;

    /// <summary>
    /// What a put may take beside an attack, on a machine that has other work: twice the quiet value, or this where that is
    /// less. Before ranges were written in pieces it was twenty seconds.
    /// </summary>
    private static readonly TimeSpan s_latencyFloor = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private static readonly RangeRequest s_everything = new()
    {
        Key = ByteString.CopyFromUtf8("large-"),
        RangeEnd = ByteString.CopyFromUtf8("large."),
        Serializable = true,
    };

    [Theory]
    [InlineData(ServerKind.Real, "all")]
    [InlineData(ServerKind.Ours, "all")]
    [InlineData(ServerKind.Ours, "sorted")]
    [InlineData(ServerKind.Ours, "stream")]
    [InlineData(ServerKind.Ours, "txn")]
    public async Task Three_hundred_ranges_that_are_reset_at_once_cost_little(ServerKind kind, string what)
    {
        await using var server = await StartFilledAsync(kind);
        var quiet = await LoneClient.PutWhileAsync(server.Address, Task.CompletedTask, QuietPuts);
        var (memory, cpu) = (server.Memory(), server.CpuTime());
        using var peak = new PeakMemory(server);
        var (path, request) = Question(what);
        var beside = await LoneClient.PutWhileAsync(
            server.Address,
            Task.WhenAll(Enumerable.Range(0, 6).Select(_ => FloodAsync(server, path, request, 50))),
            QuietPuts
        );
        var cost = server.CpuTime() - cpu;
        output.WriteLine(
            $"{kind}, {what}: quiet {quiet}; beside {beside}; {cost.TotalSeconds:f2} s of CPU; {peak.Anonymous / Megabyte} MB at most, {memory.Anonymous / Megabyte} MB before"
        );

        Assert.True(beside.Percentile99 <= Bound(quiet), $"{beside.Percentile99} beside, {quiet.Percentile99} quiet");
        if (kind == ServerKind.Ours)
        {
            Assert.True(cost < TimeSpan.FromSeconds(6), $"{cost} of CPU");
            Assert.True(peak.Anonymous - memory.Anonymous < 400L * Megabyte, $"{peak.Anonymous} bytes");
            await AssertReturnsToAsync(server, memory.Resident);
        }
    }

    [Theory]
    [InlineData(ServerKind.Real)]
    [InlineData(ServerKind.Ours)]
    public async Task Eight_readers_at_once_take_pages_and_not_eight_times_the_range(ServerKind kind)
    {
        await using var server = await StartFilledAsync(kind);
        await ReadAsync(server, CancellationToken.None);
        var quiet = await LoneClient.PutWhileAsync(server.Address, Task.CompletedTask, QuietPuts);
        var memory = server.Memory();
        using var peak = new PeakMemory(server);
        var started = Stopwatch.GetTimestamp();
        var beside = await LoneClient.PutWhileAsync(
            server.Address,
            Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAsync(server, CancellationToken.None))),
            countMin: 1
        );
        output.WriteLine(
            $"{kind}: quiet {quiet}; beside {beside}; all read in {Stopwatch.GetElapsedTime(started).TotalSeconds:f1} s; {peak.Anonymous / Megabyte} MB at most, {memory.Anonymous / Megabyte} MB before"
        );

        if (kind == ServerKind.Ours)
        {
            Assert.True(beside.Percentile99 <= Bound(quiet), $"{beside.Percentile99} beside, {quiet.Percentile99} quiet");
            Assert.True(peak.Anonymous - memory.Anonymous < 200L * Megabyte, $"{peak.Anonymous} bytes");
            await AssertReturnsToAsync(server, memory.Resident);
        }
    }

    [Theory]
    [InlineData(ServerKind.Real)]
    [InlineData(ServerKind.Ours)]
    public async Task Eight_readers_that_stand_still_hold_pages(ServerKind kind)
    {
        await using var server = await StartFilledAsync(kind);
        await ReadAsync(server, CancellationToken.None);
        var quiet = await LoneClient.PutWhileAsync(server.Address, Task.CompletedTask, QuietPuts);
        var memory = server.Memory();
        using var peak = new PeakMemory(server);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAsync(server, CancellationToken.None)));
        var beside = await LoneClient.PutWhileAsync(server.Address, Task.CompletedTask, QuietPuts);
        output.WriteLine(
            $"{kind}: quiet {quiet}; beside {beside}; {peak.Anonymous / Megabyte} MB at most, {memory.Anonymous / Megabyte} MB before"
        );
        foreach (var answer in answers)
        {
            answer.Dispose();
        }

        if (kind == ServerKind.Ours)
        {
            Assert.True(beside.Percentile99 <= Bound(quiet), $"{beside.Percentile99} beside, {quiet.Percentile99} quiet");
            Assert.True(peak.Anonymous - memory.Anonymous < 200L * Megabyte, $"{peak.Anonymous} bytes");
            await AssertReturnsToAsync(server, memory.Resident);
        }
    }

    private static TimeSpan Bound(LoneClient quiet) =>
        TimeSpan.FromTicks(Math.Max(2 * quiet.Percentile99.Ticks, s_latencyFloor.Ticks));

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

    private static async Task FloodAsync(EtcdServer server, string path, byte[] request, int calls)
    {
        using var client = await ResettingClient.ConnectAsync(server.Address);
        await client.FloodAsync(path, request, calls);
    }

    private static async Task<EtcdServer> StartFilledAsync(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Real && Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var server = await EtcdServer.StartAsync(kind);
        var value = new byte[Megabyte];
        for (var i = 0; i < StoredMegabytes; i++)
        {
            await server.Endpoint.Put(
                new PutRequest { Key = ByteString.CopyFromUtf8($"large-{i:d4}"), Value = ByteString.CopyFrom(value) }
            );
        }

        return server;
    }

    /// <summary>Reads the answer to its end; its length is what its frame says.</summary>
    private static async Task ReadAsync(EtcdServer server, CancellationToken cancellation)
    {
        using var answer = await AskAsync(server, cancellation);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
        var prefix = new byte[GrpcFrame.PrefixLength];
        await body.ReadExactlyAsync(prefix, cancellation);
        var promised = (prefix[1] << 24) | (prefix[2] << 16) | (prefix[3] << 8) | prefix[4];
        var buffer = new byte[64 * 1024];
        long read = 0;
        for (int got; (got = await body.ReadAsync(buffer, cancellation)) > 0; )
        {
            read += got;
        }

        Assert.Equal(promised, read);
        Assert.True(read > (long)StoredMegabytes * Megabyte);
        Assert.Equal("0", answer.TrailingHeaders.GetValues("grpc-status").Single());
    }

    /// <summary>Asks on a connection of its own, which ends with the answer.</summary>
    private static async Task<HttpResponseMessage> AskAsync(EtcdServer server, CancellationToken cancellation)
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
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    private static async Task AssertReturnsToAsync(EtcdServer server, long resident)
    {
        var started = Stopwatch.GetTimestamp();
        while (server.Memory().Resident > resident + (100L * Megabyte))
        {
            Assert.True(
                Stopwatch.GetElapsedTime(started) < s_patience,
                $"{server.Memory().Resident / Megabyte} MB are resident, {resident / Megabyte} MB were"
            );
            await server.Endpoint.Put(new PutRequest { Key = ByteString.CopyFromUtf8("after") });
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
