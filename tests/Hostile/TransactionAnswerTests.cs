using System.Globalization;

namespace EtcdSharp.Hostile;

/// <summary>
/// 2 KB of transaction that ask for more answer than a message can have: the write that goes with them is done, the
/// answer given up. And answers that are just small enough, asked for by clients who do not read them, take no memory.
/// </summary>
public sealed class TransactionAnswerTests
{
    private const int Keys = 17;
    private const int ValueBytes = 1024 * 1024;

    /// <summary>As many operations as --max-txn-ops allows by default: one put, and ranges of 17 MiB each, 2,159 MiB together.</summary>
    private const int TooManyRanges = 127;

    /// <summary>120 × 17 MiB: 2,040 MiB, less than the 2,048 that a message may have.</summary>
    private const int AlmostTooManyRanges = 120;

    private static readonly ByteString s_written = ByteString.CopyFromUtf8("written");

    private static TxnRequest Txn(int ranges)
    {
        var txn = new TxnRequest();
        txn.Success.Add(
            new RequestOp
            {
                RequestPut = new PutRequest { Key = s_written, Value = s_written },
            }
        );
        for (var i = 0; i < ranges; i++)
        {
            txn.Success.Add(
                new RequestOp
                {
                    RequestRange = new RangeRequest
                    {
                        Key = ByteString.CopyFromUtf8("big/"),
                        RangeEnd = ByteString.CopyFromUtf8("big0"),
                    },
                }
            );
        }

        return txn;
    }

    private static async Task<AttackRound> StartFilledAsync() =>
        await AttackRound.StartAsync(
            ServerKind.Ours,
            prepare: static async server =>
            {
                for (var i = 0; i < Keys; i++)
                {
                    var key = string.Create(CultureInfo.InvariantCulture, $"big/{i:d2}");
                    var value = ByteString.CopyFrom(new byte[ValueBytes]);
                    await server.Endpoint.Put(new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = value });
                }

                return new Dictionary<string, string>(StringComparer.Ordinal);
            }
        );

    private static async Task<long> TimesWrittenAsync(AttackRound round) =>
        (await round.Server.Endpoint.Range(new RangeRequest { Key = s_written })).Kvs.SingleOrDefault()?.Version ?? 0;

    [Fact]
    public async Task A_transaction_that_asks_for_2_GB_is_done_and_refused_its_answer()
    {
        const int attackers = 4;
        const int transactions = 10;
        await using var round = await StartFilledAsync();
        await round.RunAsync(() =>
            Task.WhenAll(
                Enumerable
                    .Range(0, attackers)
                    .Select(async _ =>
                    {
                        for (var i = 0; i < transactions; i++)
                        {
                            var refused = await Assert.ThrowsAsync<GrpcFailure>(() =>
                                round.Server.Endpoint.Txn(Txn(TooManyRanges))
                            );
                            Assert.Equal(GrpcCode.ResourceExhausted, refused.Code);
                            Assert.Contains("larger than max", refused.Message, StringComparison.Ordinal);
                        }
                    })
            )
        );
        Assert.Equal(attackers * transactions, await TimesWrittenAsync(round));
    }

    [Fact]
    public async Task Answers_of_2_GB_that_nobody_reads_take_no_memory()
    {
        const int attackers = 20;
        await using var round = await StartFilledAsync();
        await round.RunAsync(async () =>
        {
            List<Http2Connection> connections = [];
            try
            {
                for (var i = 0; i < attackers; i++)
                {
                    var connection = new Http2Connection(round.Server.Address, TimeSpan.FromSeconds(60));
                    connections.Add(connection);
                    connection.SendCall(1, "/etcdserverpb.KV/Txn", []);
                    connection.SendData(1, GrpcFrame.Of(Txn(AlmostTooManyRanges)), end: true);
                }

                var waited = System.Diagnostics.Stopwatch.StartNew();
                while (await TimesWrittenAsync(round) < attackers)
                {
                    Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), "the transactions are not carried out");
                    await Task.Delay(20);
                }

                var resident = ResidentMemory.BytesOf(round.Server.ProcessId);
                TestContext.Current.TestOutputHelper?.WriteLine($"{resident >> 20} MB resident with {attackers} answers unread");
                Assert.True(resident < 512L * 1024 * 1024, $"{resident >> 20} MB resident");
            }
            finally
            {
                connections.ForEach(static connection => connection.Dispose());
            }
        });
    }
}
