using System.Globalization;
using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

public sealed class AtomicTests(Servers servers)
{
    [Theory]
    [OnEachWay]
    public async Task MoneyIsNeitherMadeNorLost(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        foreach (
            var isolation in (AtomicIsolation[])
                [AtomicIsolation.SerializableSnapshot, AtomicIsolation.Serializable, AtomicIsolation.RepeatableReads]
        )
        {
            const int accounts = 4;
            for (var i = 0; i < accounts; i++)
            {
                await client.Kv.PutAsync($"account/{i}", "100");
            }

            var options = new AtomicOptions { Isolation = isolation };
            await Task.WhenAll(
                Enumerable
                    .Range(0, 6)
                    .Select(async worker =>
                    {
                        for (var round = 0; round < 5; round++)
                        {
                            var from = $"account/{(worker + round) % accounts}";
                            var to = $"account/{(worker + round * 2 + 1) % accounts}";
                            await client.RunAtomicallyAsync(
                                async scope =>
                                {
                                    var there = Number(await scope.GetAsync(from));
                                    scope.Put(from, Text(there - 7));
                                    scope.Put(to, Text(Number(await scope.GetAsync(to)) + 7));
                                },
                                options,
                                Eventually.Bounded()
                            );
                        }
                    })
            );

            var all = await client.Kv.GetAsync(KeyRange.Prefix("account/"));
            Assert.Equal(accounts * 100, all.KeyValues.Sum(static one => Number(one.Value)));
        }
    }

    [Theory]
    [OnEachWay]
    public async Task WhatWasReadMustStillHold(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        foreach (var isolation in Enum.GetValues<AtomicIsolation>())
        {
            await client.Kv.PutAsync("a", "1");
            var runs = 0;
            await client.RunAtomicallyAsync(
                async scope =>
                {
                    var read = await scope.GetAsync("a");
                    if (++runs == 1)
                    {
                        await client.Kv.PutAsync("a", "2");
                    }

                    scope.Put("copy", read!.Value);
                },
                new AtomicOptions { Isolation = isolation }
            );
            var readCommitted = isolation == AtomicIsolation.ReadCommitted;
            Assert.Equal(readCommitted ? 1 : 2, runs);
            Assert.Equal(readCommitted ? "1" : "2", (await client.Kv.GetValueAsync("copy")).ToString());
        }
    }

    [Theory]
    [OnEachWay]
    public async Task ReadsAreOfOneRevisionWhereSerializable(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        (AtomicIsolation Isolation, bool SeesMixture)[] cases =
        [
            (AtomicIsolation.SerializableSnapshot, false),
            (AtomicIsolation.Serializable, false),
            (AtomicIsolation.RepeatableReads, true),
        ];
        foreach (var (isolation, seesMixture) in cases)
        {
            await client.Kv.Transaction().Then(Operation.Put("x", "old"), Operation.Put("y", "old")).CommitAsync();
            List<string> seen = [];
            await client.RunAtomicallyAsync(
                async scope =>
                {
                    var x = await scope.GetAsync("x");
                    if (seen.Count == 0)
                    {
                        await client.Kv.Transaction().Then(Operation.Put("x", "new"), Operation.Put("y", "new")).CommitAsync();
                    }

                    seen.Add($"{x}/{await scope.GetAsync("y")}");
                    Assert.Equal(x, await scope.GetAsync("x"));
                },
                new AtomicOptions { Isolation = isolation }
            );
            Assert.Equal(seesMixture ? "old/new" : "old/old", seen[0]);
            Assert.Equal("new/new", seen[^1]);
        }
    }

    [Theory]
    [OnEachWay]
    public async Task WritesThatCrossAreRefusedInASnapshotAlone(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        foreach (var isolation in (AtomicIsolation[])[AtomicIsolation.SerializableSnapshot, AtomicIsolation.Serializable])
        {
            await client.Kv.PutAsync("read", "1");
            var runs = 0;
            await client.RunAtomicallyAsync(
                async scope =>
                {
                    await scope.GetAsync("read");
                    if (++runs == 1)
                    {
                        await client.Kv.PutAsync("written", "by another");
                    }

                    scope.Put("written", "by me");
                },
                new AtomicOptions { Isolation = isolation }
            );
            Assert.Equal(isolation == AtomicIsolation.SerializableSnapshot ? 2 : 1, runs);
        }
    }

    [Theory]
    [OnEachWay]
    public async Task OwnWritesAreSeenAndDeletionsToo(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await client.Kv.PutAsync("gone", "1");
        var told = await client.RunAtomicallyAsync<string>(
            async scope =>
            {
                scope.Put("k", "mine");
                scope.Delete("gone");
                return $"{await scope.GetAsync("k")},{await scope.GetAsync("gone")},{await scope.ModRevisionAsync("k")}";
            },
            new AtomicOptions { Prefetch = ["k", "gone"] }
        );
        Assert.Equal("mine,,0", told);
        Assert.Equal("k", string.Join(' ', (await client.Kv.GetAsync(KeyRange.All)).KeyValues.Select(static one => one.Key)));
    }

    [Theory]
    [OnEach]
    public async Task ItRunsAgainWhereItsRevisionIsCompactedAway(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var client = new EtcdClient(server.Address);
        await client.Kv.PutAsync("a", "1");
        var runs = 0;
        var sum = await client.RunAtomicallyAsync(async scope =>
        {
            var a = await scope.GetAsync("a");
            if (runs++ == 0)
            {
                await client.Kv.PutAsync("b", "2");
                await client.Kv.CompactAsync((await client.Kv.PutAsync("a", "3")).Header.Revision);
            }

            return $"{a}+{await scope.GetAsync("b")}";
        });
        Assert.Equal("3+2", sum);
        Assert.Equal(2, runs);
    }

    [Theory]
    [OnEachWay]
    public async Task RunsEnd(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var runs = 0;
        var failure = await Assert.ThrowsAsync<EtcdException>(() =>
            client.RunAtomicallyAsync(
                async scope =>
                {
                    scope.Put("copy", await scope.GetAsync("k") ?? "");
                    await client.Kv.PutAsync("k", $"{runs++}");
                },
                new AtomicOptions { RunsMax = 3 }
            )
        );
        Assert.Equal(Grpc.StatusCode.Aborted, failure.Code);
        Assert.Equal(3, runs);
        Assert.Null(await client.Kv.GetValueAsync("copy"));
    }

    private static int Number(EtcdBytes? text) => int.Parse(text.ToString()!, CultureInfo.InvariantCulture);

    private static EtcdBytes Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
