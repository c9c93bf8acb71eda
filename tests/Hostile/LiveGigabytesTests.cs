using System.Diagnostics;
using System.Globalization;

namespace EtcdSharp.Hostile;

/// <summary>
/// Requests over more live data than an array can have. Takes some minutes and disk; <c>ETCDSHARP_LIVE_MEGABYTES</c>, 2300
/// for instance, asks for it.
/// </summary>
public sealed class LiveGigabytesTests(ITestOutputHelper output)
{
    private const int ValueBytes = 1024 * 1024;

    private static readonly ByteString s_first = ByteString.CopyFromUtf8("live/");
    private static readonly ByteString s_end = ByteString.CopyFromUtf8("live0");

    [Fact]
    public async Task Compares_answers_deletions_and_watches_over_all_of_it_leave_the_member_alive()
    {
        var asked = Environment.GetEnvironmentVariable("ETCDSHARP_LIVE_MEGABYTES");
        Assert.SkipWhen(asked is null, "ETCDSHARP_LIVE_MEGABYTES says how much");
        var count = int.Parse(asked, CultureInfo.InvariantCulture);
        var directory = Directory.CreateTempSubdirectory("etcdsharp-live-").FullName;
        var options = new ServerOptions(["--quota-backend-bytes", "17179869184"], DataDirectory: directory);
        await using (var server = await EtcdServer.StartAsync(ServerKind.Ours, options))
        {
            for (var i = 0; i < count; i++)
            {
                var key = ByteString.CopyFromUtf8(string.Create(CultureInfo.InvariantCulture, $"live/{i:d6}"));
                var value = ByteString.CopyFrom(new byte[ValueBytes]);
                await server.Endpoint.Put(new PutRequest { Key = key, Value = value });
            }

            Tell(server, "filled");
            foreach (var target in Enum.GetValues<Compare.Types.CompareTarget>())
            {
                var compare = new Compare
                {
                    Key = s_first,
                    RangeEnd = s_end,
                    Target = target,
                    Result = Compare.Types.CompareResult.Greater,
                };
                var txn = new TxnRequest();
                txn.Compare.Add(compare);
                txn.Success.Add(
                    new RequestOp
                    {
                        RequestPut = new PutRequest { Key = s_end, Value = s_end },
                    }
                );
                var started = Stopwatch.GetTimestamp();
                var succeeded = (await server.Endpoint.Txn(txn)).Succeeded;
                Tell(server, $"compare {target}: {succeeded}, {Stopwatch.GetElapsedTime(started).TotalMilliseconds:f0} ms");
                Assert.Equal(target != Compare.Types.CompareTarget.Lease, succeeded);
            }

            var deletion = Stopwatch.GetTimestamp();
            var refused = await Assert.ThrowsAsync<GrpcFailure>(() =>
                server.Endpoint.DeleteRange(
                    new DeleteRangeRequest
                    {
                        Key = s_first,
                        RangeEnd = s_end,
                        PrevKv = true,
                    }
                )
            );
            Tell(server, $"deleted: {refused.Message}, {Stopwatch.GetElapsedTime(deletion).TotalMilliseconds:f0} ms");
            Assert.Equal(GrpcCode.ResourceExhausted, refused.Code);
            var left = await server.Endpoint.Range(new RangeRequest { Key = s_first, RangeEnd = s_end });
            Assert.Empty(left.Kvs);
            Assert.False(server.HasExited);
        }

        var again = Stopwatch.GetTimestamp();
        await using (var server = await EtcdServer.StartAsync(ServerKind.Ours, options))
        {
            Tell(server, $"restarted in {Stopwatch.GetElapsedTime(again).TotalSeconds:f1} s");
            var left = await server.Endpoint.Range(new RangeRequest { Key = s_first, RangeEnd = s_end });
            Assert.Empty(left.Kvs);
        }

        Directory.Delete(directory, recursive: true);
    }

    private void Tell(EtcdServer server, string what) =>
        output.WriteLine($"{what}; {ResidentMemory.BytesOf(server.ProcessId) >> 20} MB resident");
}
