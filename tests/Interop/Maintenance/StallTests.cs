using System.Diagnostics;
using System.Globalization;

namespace EtcdSharp.Interop.Maintenance;

/// <summary>
/// How long reads and writes stand still while the store is defragmented, and what becomes of writes while a snapshot
/// is saved. <c>ETCDSHARP_STALL_MEGABYTES</c> sets the size of the store; the figures are in docs/tune.md.
/// </summary>
/// <remarks>
/// The bounds compare what happens at the same time on the same machine, so a busy one does not decide. Real etcd does
/// nothing else while it defragments and would fail the first; it is measured beside ours and not held to it.
/// </remarks>
public sealed class StallTests(ITestOutputHelper output)
{
    private const int ValueBytes = 1000;
    private const int ValuesPerTxn = 100;
    private const int MegabytesDefault = 32;

    /// <summary>
    /// Reads, and writes, that begin and end while the store is defragmented. Who is shut out meanwhile ends none; ours does
    /// some dozens in the some hundred milliseconds that 32 MB take.
    /// </summary>
    private const int DoneMeanwhileMin = 5;

    /// <summary>What a snapshot may cost the writes beside it: it takes one of two processors, and reads what they sync.</summary>
    private const double SlowdownMax = 10;

    /// <summary>Between two requests of the same kind, so that the server has time for its other work.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan s_undisturbed = TimeSpan.FromSeconds(1);

    private static readonly int s_megabytes = int.TryParse(
        Environment.GetEnvironmentVariable("ETCDSHARP_STALL_MEGABYTES"),
        CultureInfo.InvariantCulture,
        out var megabytes
    )
        ? megabytes
        : MegabytesDefault;

    [Theory]
    [InlineData(ServerKind.Real)]
    [InlineData(ServerKind.Ours)]
    public async Task Reads_and_writes_during_a_defragmentation(ServerKind kind)
    {
        await using var server = await StartFilledAsync(kind);
        var sizeBefore = (await server.Endpoint.Status()).DbSize;
        using var stop = new CancellationTokenSource();
        var reads = Task.Run(() => ReadAsync(server.Endpoint, stop.Token), TestContext.Current.CancellationToken);
        var writes = Task.Run(() => WriteAsync(server.Endpoint, stop.Token), TestContext.Current.CancellationToken);
        await Task.Delay(s_undisturbed, TestContext.Current.CancellationToken);
        var started = Stopwatch.GetTimestamp();
        await server.Endpoint.Call<DefragmentResponse>("/etcdserverpb.Maintenance/Defragment", new DefragmentRequest());
        var took = Stopwatch.GetElapsedTime(started);
        await stop.CancelAsync();

        var ended = started + (long)(took.TotalSeconds * Stopwatch.Frequency);
        var (read, written) = (await reads, await writes);
        var sizeAfter = (await server.Endpoint.Status()).DbSize;
        output.WriteLine(
            $"{kind}: {sizeBefore >> 20} MB to {sizeAfter >> 20} MB in {took.TotalMilliseconds:f0} ms; {read.Count} reads, longest {read.Longest.TotalMilliseconds:f0} ms; {written.Count} writes, longest {written.Longest.TotalMilliseconds:f0} ms; {read.DoneBetween(started, ended)} reads and {written.DoneBetween(started, ended)} writes meanwhile"
        );
        Assert.True(sizeAfter < sizeBefore, "nothing was freed");
        if (kind == ServerKind.Ours)
        {
            Assert.InRange(read.DoneBetween(started, ended), DoneMeanwhileMin, int.MaxValue);
            Assert.InRange(written.DoneBetween(started, ended), DoneMeanwhileMin, int.MaxValue);
        }

        await AssertWritesAreThereAsync(server.Endpoint, written.Count);
    }

    [Theory]
    [InlineData(ServerKind.Real)]
    [InlineData(ServerKind.Ours)]
    public async Task Writes_while_a_snapshot_is_saved(ServerKind kind)
    {
        await using var server = await StartFilledAsync(kind);
        var (alone, aloneTime) = await WhileAsync(server.Endpoint, () => Task.Delay(s_undisturbed * 3));
        long bytes = 0;
        var (beside, besideTime) = await WhileAsync(
            server.Endpoint,
            async () =>
            {
                var started = Stopwatch.GetTimestamp();
                do
                {
                    var parts = await server.Endpoint.ServerStream<SnapshotResponse>(
                        "/etcdserverpb.Maintenance/Snapshot",
                        new SnapshotRequest()
                    );
                    bytes += parts.Sum(part => (long)part.Blob.Length);
                } while (Stopwatch.GetElapsedTime(started) < s_undisturbed * 3);
            }
        );
        output.WriteLine(
            $"{kind}: {alone.Count / aloneTime.TotalSeconds:f0} puts/s alone, longest {alone.Longest.TotalMilliseconds:f0} ms; {beside.Count / besideTime.TotalSeconds:f0} puts/s while {bytes >> 20} MB of snapshots were saved ({bytes / besideTime.TotalSeconds / 1048576:f0} MB/s), longest {beside.Longest.TotalMilliseconds:f0} ms"
        );
        Assert.True(bytes > 0);
        var (quiet, busy) = (alone.Count / aloneTime.TotalSeconds, beside.Count / besideTime.TotalSeconds);
        Assert.True(busy >= quiet / SlowdownMax, $"{busy:f0} puts/s beside a snapshot, {quiet:f0} alone");
    }

    private static async Task<(Requests Writes, TimeSpan Time)> WhileAsync(EtcdEndpoint etcd, Func<Task> something)
    {
        using var stop = new CancellationTokenSource();
        var started = Stopwatch.GetTimestamp();
        var writes = Task.Run(() => WriteAsync(etcd, stop.Token));
        await something();
        await stop.CancelAsync();
        return (await writes, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Twice the size is written and every second value is deleted and compacted away, so that half of the file is free.</summary>
    private static async Task<EtcdServer> StartFilledAsync(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Real && Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var server = await EtcdServer.StartAsync(
            kind,
            new ServerOptions(Arguments: ["--log-level", "error", "--quota-backend-bytes", "8589934592"])
        );
        var transactions = s_megabytes * 1024 * 1024 / ValueBytes / ValuesPerTxn * 2;
        long revision = 0;
        for (var i = 0; i < transactions; i++)
        {
            var txn = new TxnRequest();
            for (var j = 0; j < ValuesPerTxn; j++)
            {
                // Of two transactions the second overwrites the first.
                var key = ByteString.CopyFromUtf8($"fill-{((i / 2) * ValuesPerTxn) + j:d8}");
                txn.Success.Add(
                    new RequestOp
                    {
                        RequestPut = new PutRequest { Key = key, Value = ByteString.CopyFrom(new byte[ValueBytes]) },
                    }
                );
            }

            revision = (await server.Endpoint.Txn(txn)).Header.Revision;
        }

        await server.Endpoint.Compact(new CompactionRequest { Revision = revision });
        var before = await server.Endpoint.Status();
        var waiting = Stopwatch.GetTimestamp();
        while (before.DbSize - before.DbSizeInUse < before.DbSize / 3)
        {
            Assert.True(Stopwatch.GetElapsedTime(waiting) < TimeSpan.FromMinutes(2), "the compaction does not come to an end");
            await Task.Delay(50);
            before = await server.Endpoint.Status();
        }

        return server;
    }

    private static async Task<Requests> ReadAsync(EtcdEndpoint etcd, CancellationToken stop)
    {
        var done = new Requests();
        var request = new RangeRequest { Key = ByteString.CopyFromUtf8("fill-00000001") };
        while (!stop.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            var answer = await etcd.Range(request);
            Assert.Single(answer.Kvs);
            done.Add(started);
            await Task.Delay(s_pause, CancellationToken.None);
        }

        return done;
    }

    private static async Task<Requests> WriteAsync(EtcdEndpoint etcd, CancellationToken stop)
    {
        var done = new Requests();
        while (!stop.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            await etcd.Put(
                new PutRequest
                {
                    Key = ByteString.CopyFromUtf8($"beside-{done.Count:d8}"),
                    Value = ByteString.CopyFrom(new byte[100]),
                }
            );
            done.Add(started);
            await Task.Delay(s_pause, CancellationToken.None);
        }

        return done;
    }

    private static async Task AssertWritesAreThereAsync(EtcdEndpoint etcd, int count)
    {
        var answer = await etcd.Range(
            new RangeRequest
            {
                Key = ByteString.CopyFromUtf8("beside-"),
                RangeEnd = ByteString.CopyFromUtf8("beside."),
                CountOnly = true,
            }
        );
        Assert.Equal(count, answer.Count);
    }

    /// <summary>When each request of a kind began and ended.</summary>
    private sealed class Requests
    {
        private readonly List<(long From, long To)> _done = [];

        public int Count => _done.Count;

        public TimeSpan Longest => _done.Max(static request => Stopwatch.GetElapsedTime(request.From, request.To));

        public void Add(long from) => _done.Add((from, Stopwatch.GetTimestamp()));

        public int DoneBetween(long from, long to) => _done.Count(request => request.From >= from && request.To <= to);
    }
}
