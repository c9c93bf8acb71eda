using System.Diagnostics;
using System.Globalization;

namespace EtcdSharp.Interop.Crash;

/// <summary>
/// The process is killed under load again and again. ETCDSHARP_CRASH_ROUNDS says how often. The page cache survives a
/// kill; loss of power is the matter of the storage tests.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int DefaultRounds = 5;
    private const int Clients = 64;
    private const int PageSize = 5000;

    /// <summary>Keys of so many rounds stay: with all of them the check after each restart would grow with the rounds.</summary>
    private const int RoundsKept = 3;

    [Theory]
    [InlineData(ServerKind.Real)]
    [InlineData(ServerKind.Ours)]
    public async Task EveryAcknowledgedWriteSurvives(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Real && Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var rounds = int.Parse(
            Environment.GetEnvironmentVariable("ETCDSHARP_CRASH_ROUNDS") is { Length: > 0 } text ? text : $"{DefaultRounds}",
            CultureInfo.InvariantCulture
        );
        using var scratch = new ScratchDirectory();
        var writes = new AcknowledgedWrites();
        var unanswered = 0;
        var clock = Stopwatch.StartNew();
        var slowestStart = TimeSpan.Zero;
        for (var round = 0; round < rounds; round++)
        {
            var started = clock.Elapsed;
            await using var server = await EtcdServer.StartAsync(kind, new ServerOptions(DataDirectory: scratch.Path));
            var startTook = clock.Elapsed - started;
            slowestStart = startTook > slowestStart ? startTook : slowestStart;
            await Verify(server.Endpoint, writes);
            if (round >= RoundsKept)
            {
                await DeleteOldRounds(server.Endpoint, writes, KeyOfRound(round - RoundsKept + 1));
            }
            var before = writes.Count;
            unanswered += await KillUnderLoad(server, writes, round);
            Assert.True(writes.Count > before, "no write was acknowledged before the kill");
        }
        await using var last = await EtcdServer.StartAsync(kind, new ServerOptions(DataDirectory: scratch.Path));
        await Verify(last.Endpoint, writes);
        output.WriteLine(
            $"{kind}: {rounds} kills, {writes.Count} acknowledged writes, {unanswered} unanswered, "
                + $"{clock.Elapsed.TotalSeconds:F0} s, slowest start {slowestStart.TotalSeconds:F1} s"
        );
        Assert.True(unanswered > 0, "no kill hit a write on its way");
    }

    private static async Task<int> KillUnderLoad(EtcdServer server, AcknowledgedWrites writes, int round)
    {
        var killed = false;
        var unanswered = 0;
        var clients = Enumerable
            .Range(0, Clients)
            .Select(client =>
                Task.Run(async () =>
                {
                    for (var i = 0; !Volatile.Read(ref killed); i++)
                    {
                        var key = $"{KeyOfRound(round)}{client:D2}/{i:D6}";
                        writes.Sending(key);
                        try
                        {
                            var bytes = ByteString.CopyFromUtf8(key);
                            var answer = await server.Endpoint.Put(new PutRequest { Key = bytes, Value = bytes });
                            writes.Acknowledged(key, answer.Header.Revision);
                        }
                        catch (Exception failure)
                            when (failure is HttpRequestException or IOException or GrpcFailure or TimeoutException)
                        {
                            Interlocked.Increment(ref unanswered);
                            return;
                        }
                    }
                })
            )
            .ToList();

        // Some kills hit a server that has just begun, some one in full swing.
        await Task.Delay(Random.Shared.Next(50, 800));
        await server.KillAsync();
        Volatile.Write(ref killed, true);
        await Task.WhenAll(clients);
        return unanswered;
    }

    private static string KeyOfRound(int round) => string.Create(CultureInfo.InvariantCulture, $"{round:D4}/");

    /// <summary>And compacts: the compaction goes on beside the load, so that kills hit it too.</summary>
    private static async Task DeleteOldRounds(EtcdEndpoint etcd, AcknowledgedWrites writes, string below)
    {
        var deleted = await etcd.DeleteRange(
            new DeleteRangeRequest { Key = ByteString.CopyFrom(0), RangeEnd = ByteString.CopyFromUtf8(below) }
        );
        writes.Deleted(below, deleted.Header.Revision);
        await etcd.Compact(new CompactionRequest { Revision = deleted.Header.Revision });
    }

    private static async Task Verify(EtcdEndpoint etcd, AcknowledgedWrites writes)
    {
        var store = new Dictionary<string, (string Value, long ModRevision, long Version)>(StringComparer.Ordinal);
        var from = ByteString.CopyFrom(0);
        RangeResponse page;
        do
        {
            page = await etcd.Range(
                new RangeRequest
                {
                    Key = from,
                    RangeEnd = ByteString.CopyFrom(0),
                    Limit = PageSize,
                }
            );
            foreach (var kv in page.Kvs)
            {
                store.Add(kv.Key.ToStringUtf8(), (kv.Value.ToStringUtf8(), kv.ModRevision, kv.Version));
                from = ByteString.CopyFrom([.. kv.Key.Span, 0]);
            }
        } while (page.More);
        writes.Verify(store, page.Header.Revision);
    }
}
