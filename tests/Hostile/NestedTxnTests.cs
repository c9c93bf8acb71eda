namespace EtcdSharp.Hostile;

/// <summary>Whoever may send a transaction may nest it, as deep as the bytes of a request let it: no thread's stack may depend on that.</summary>
public sealed class NestedTxnTests
{
    private const int PlainDepthMax = 128;

    [Fact]
    public async Task DepthIsBoundedWhateverTheFlagSays()
    {
        await using var round = await AttackRound.StartAsync(
            ServerKind.Ours,
            new ServerOptions(["--max-txn-ops", "1000000", "--log-level", "warn"])
        );
        await round.RunAsync(async () =>
        {
            foreach (var depth in new[] { PlainDepthMax + 1, 1_000, 10_000, 100_000 })
            {
                var answer = await round.Server.Endpoint.Raw("/etcdserverpb.KV/Txn", GrpcFrame.Of(NestedTxn.Of(depth)));
                Assert.Equal(GrpcCode.InvalidArgument, answer.Code);
                Assert.Equal("etcdserver: too many operations in txn request", answer.Detail);
            }

            var taken = await round.Server.Endpoint.Raw("/etcdserverpb.KV/Txn", GrpcFrame.Of(NestedTxn.Of(PlainDepthMax)));
            Assert.Equal(GrpcCode.Ok, taken.Code);
        });
    }
}
