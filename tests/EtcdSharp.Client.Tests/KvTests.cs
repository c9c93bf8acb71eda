using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

public sealed class KvTests(Servers servers)
{
    [Theory]
    [OnEachWay]
    public async Task WhatIsPutIsFoundAndWhatIsDeletedIsNot(Way way)
    {
        await using var client = await servers.ClientAsync(way);

        var put = await client.Kv.PutAsync("greeting", "hello");
        var found = (await client.Kv.GetAsync("greeting")).First;
        Assert.NotNull(found);
        Assert.Equal("hello", found.Value.ToString());
        Assert.Equal("greeting", found.Key.ToString());
        Assert.Equal(put.Header.Revision, found.ModRevision);
        Assert.Equal(put.Header.Revision, found.CreateRevision);
        Assert.Equal(1, found.Version);

        Assert.Equal(1, (await client.Kv.DeleteAsync("greeting")).Deleted);
        Assert.Null((await client.Kv.GetAsync("greeting")).First);
        Assert.Null(await client.Kv.GetValueAsync("greeting"));
    }

    [Theory]
    [OnEachWay]
    public async Task RangesHaveOrderLimitAndBounds(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var kv = client.Kv;
        await kv.PutAsync("a/1", "z");
        var second = await kv.PutAsync("a/2", "y");
        var third = await kv.PutAsync("a/3", "x");
        await kv.PutAsync("b/1", "w");
        await kv.PutAsync("a/1", "zz");

        Assert.Equal("a/1 a/2 a/3", Keys(await kv.GetAsync(KeyRange.Prefix("a/"))));
        Assert.Equal("a/3 a/2 a/1", Keys(await kv.GetAsync(KeyRange.Prefix("a/"), new GetOptions { Descending = true })));
        Assert.Equal("a/3 a/2 a/1", Keys(await kv.GetAsync(KeyRange.Prefix("a/"), new GetOptions { SortBy = SortTarget.Value })));
        Assert.Equal(
            "a/2 a/3 a/1",
            Keys(await kv.GetAsync(KeyRange.Prefix("a/"), new GetOptions { SortBy = SortTarget.ModRevision }))
        );
        Assert.Equal(
            "a/1 a/2 a/3",
            Keys(await kv.GetAsync(KeyRange.Prefix("a/"), new GetOptions { SortBy = SortTarget.CreateRevision }))
        );
        Assert.Equal(
            "a/2 a/3 a/1",
            Keys(await kv.GetAsync(KeyRange.Prefix("a/"), new GetOptions { SortBy = SortTarget.Version }))
        );
        Assert.Equal("a/3 b/1", Keys(await kv.GetAsync(KeyRange.From("a/3"))));
        Assert.Equal("a/1 a/2", Keys(await kv.GetAsync(KeyRange.Between("a/1", "a/3"))));
        Assert.Equal("a/1 a/2 a/3 b/1", Keys(await kv.GetAsync(KeyRange.All)));
        Assert.Equal(4, await kv.CountAsync(KeyRange.All));

        var limited = await kv.GetAsync(KeyRange.Prefix("a/"), new GetOptions { Limit = 2, KeysOnly = true });
        Assert.Equal("a/1 a/2", Keys(limited));
        Assert.True(limited.More);
        Assert.Equal(3, limited.Count);
        Assert.All(limited.KeyValues, static keyValue => Assert.True(keyValue.Value.IsEmpty));

        var revision = second.Header.Revision;
        Assert.Equal(
            "a/2",
            Keys(await kv.GetAsync(KeyRange.All, new GetOptions { MinModRevision = revision, MaxModRevision = revision }))
        );
        Assert.Equal("a/1", Keys(await kv.GetAsync(KeyRange.All, new GetOptions { MaxCreateRevision = revision - 1 })));
        Assert.Equal(
            "b/1",
            Keys(await kv.GetAsync(KeyRange.All, new GetOptions { MinCreateRevision = third.Header.Revision + 1 }))
        );
        Assert.Equal(
            "a/1 a/2",
            Keys(await kv.GetAsync(KeyRange.All, new GetOptions { Revision = revision, Serializable = true }))
        );
    }

    [Theory]
    [OnEachWay]
    public async Task PutsAndDeletesTellWhatWasThere(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var kv = client.Kv;
        Assert.Null((await kv.PutAsync("k", "1", new PutOptions { PreviousValue = true })).Previous);
        var put = await kv.PutAsync("k", "2", new PutOptions { PreviousValue = true });
        Assert.Equal("k=1", put.Previous!.ToString());
        Assert.Null((await kv.PutAsync("k", "3")).Previous);
        var deleted = await kv.DeleteAsync(KeyRange.Prefix("k"), new DeleteOptions { PreviousValues = true });
        Assert.Equal("k=3", Assert.Single(deleted.Previous).ToString());
        Assert.Empty((await kv.DeleteAsync("k")).Previous);
    }

    [Theory]
    [OnEachWay]
    public async Task ValueAndLeaseAreKeptWhereAskedFor(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var kv = client.Kv;
        var lease = (await client.Lease.GrantAsync(TimeSpan.FromSeconds(60))).ID;
        await kv.PutAsync("k", "1", new PutOptions { Lease = lease });
        await kv.PutAsync("k", "2", new PutOptions { KeepLease = true });
        var found = (await kv.GetAsync("k")).First!;
        Assert.Equal(lease, found.Lease);
        await kv.PutAsync("k", EtcdBytes.Empty, new PutOptions { KeepValue = true });
        found = (await kv.GetAsync("k")).First!;
        Assert.Equal("2", found.Value.ToString());
        Assert.Equal(0, found.Lease);
        await Eventually.FailsAsync(
            EtcdError.KeyNotFound,
            () => kv.PutAsync("other", EtcdBytes.Empty, new PutOptions { KeepValue = true })
        );
    }

    [Theory]
    [OnEachWay]
    public async Task ATransactionTakesOneBranch(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await client.Kv.PutAsync("stock", "3");

        var sold = await client
            .Kv.Transaction()
            .If(Condition.Value("stock").Is("3"), Condition.Missing("order"))
            .Then(Operation.Put("stock", "2"), Operation.Put("order", "me"), Operation.Get("stock"))
            .Else(Operation.Get("stock"))
            .CommitAsync();
        Assert.True(sold.Succeeded);
        Assert.Equal(3, sold.Responses.Count);
        Assert.NotNull(sold.Responses[0].Put);
        Assert.Equal("2", sold.Responses[2].Get!.First!.Value.ToString());

        var again = await client
            .Kv.Transaction()
            .If(Condition.Missing("order"))
            .Then(Operation.Delete("stock"))
            .Else(Operation.Get("order"))
            .CommitAsync();
        Assert.False(again.Succeeded);
        Assert.Equal("order=me", again.Responses[0].Get!.First!.ToString());
    }

    [Theory]
    [OnEachWay]
    public async Task AllConditionsCompareAsTheySay(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var first = (await client.Kv.PutAsync("k", "b")).Header.Revision;
        var second = (await client.Kv.PutAsync("k", "m")).Header.Revision;
        (Condition Condition, bool Holds)[] cases =
        [
            (Condition.Value("k").Is("m"), true),
            (Condition.Value("k").IsNot("m"), false),
            (Condition.Value("k").IsGreaterThan("l"), true),
            (Condition.Value("k").IsLessThan("l"), false),
            (Condition.Value("none").IsNot("m"), false),
            (Condition.Version("k").Is(2), true),
            (Condition.Version("none").Is(0), true),
            (Condition.CreateRevision("k").Is(first), true),
            (Condition.ModRevision("k").Is(second), true),
            (Condition.ModRevision("k").IsLessThan(second), false),
            (Condition.Lease("k").Is(0), true),
            (Condition.Lease("k").IsGreaterThan(0), false),
            (Condition.Exists("k"), true),
            (Condition.Missing("k"), false),
            (Condition.Version(KeyRange.Prefix("k")).IsGreaterThan(1), true),
            (Condition.Version(KeyRange.Prefix("k")).IsGreaterThan(2), false),
        ];
        foreach (var (condition, holds) in cases)
        {
            var result = await client.Kv.Transaction().If(condition).CommitAsync();
            Assert.True(result.Succeeded == holds, $"case {Array.FindIndex(cases, one => one.Condition == condition)}");
        }
    }

    [Theory]
    [OnEachWay]
    public async Task TransactionsNest(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var inner = new Transaction()
            .If(Condition.Value("a").Is("1"))
            .Then(Operation.Put("b", "2"), Operation.Get("b"))
            .Else(Operation.Delete("c"));
        var outer = client.Kv.Transaction().Then(Operation.Put("d", "1"), Operation.Nested(inner));
        Assert.False((await outer.CommitAsync()).Responses[1].Nested!.Succeeded);
        await client.Kv.PutAsync("a", "1");
        var result = await outer.CommitAsync();
        var nested = result.Responses[1].Nested!;
        Assert.True(nested.Succeeded);
        Assert.Equal("b=2", nested.Responses[1].Get!.First!.ToString());
        Assert.Throws<InvalidOperationException>(() =>
        {
            _ = inner.CommitAsync();
        });
        Assert.True((await client.Kv.CommitAsync(inner)).Succeeded);
    }

    [Theory]
    [OnEach]
    public async Task WhatIsCompactedAwayIsRefused(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var client = new EtcdClient(server.Address);
        var first = (await client.Kv.PutAsync("k", "1")).Header.Revision;
        var second = (await client.Kv.PutAsync("k", "2")).Header.Revision;
        Assert.Equal(second, (await client.Kv.CompactAsync(second, physical: true)).Revision);
        await Eventually.FailsAsync(EtcdError.Compacted, () => client.Kv.GetAsync("k", new GetOptions { Revision = first }));
        await Eventually.FailsAsync(
            EtcdError.FutureRev,
            () => client.Kv.GetAsync("k", new GetOptions { Revision = second + 100 })
        );
        await Eventually.FailsAsync(EtcdError.Compacted, () => client.Kv.CompactAsync(second));
    }

    [Theory]
    [OnEachWay]
    public async Task PagesAreAllOfOneRevision(Way way)
    {
        const int keys = 57;
        await using var client = await servers.ClientAsync(way);
        for (var i = 0; i < keys; i++)
        {
            await client.Kv.PutAsync($"page/{i:d3}", "old");
        }

        List<string> seen = [];
        await foreach (var keyValue in client.Kv.PageAsync(KeyRange.Prefix("page/"), pageSize: 10))
        {
            Assert.Equal("old", keyValue.Value.ToString());
            seen.Add(keyValue.Key.ToString());
            if (seen.Count == 5)
            {
                // From here on the store is another one: pages that did not stay at their revision would show it.
                await client.Kv.DeleteAsync("page/020");
                await client.Kv.PutAsync("page/030", "new");
                await client.Kv.PutAsync("page/0305", "new");
            }
        }

        Assert.Equal(Enumerable.Range(0, keys).Select(static i => $"page/{i:d3}"), seen);
    }

    [Theory]
    [OnEachWay]
    public async Task ANamespaceSeesItsOwnKeysAlone(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var inside = client.InNamespace("in/").InNamespace("deep/");
        await client.Kv.PutAsync("in/zzz", "outside");
        await client.Kv.PutAsync("a", "outside");
        await inside.Kv.PutAsync("k", "1");
        await inside.Kv.PutAsync("l", "2");

        Assert.Equal("k l", Keys(await inside.Kv.GetAsync(KeyRange.All)));
        Assert.Equal("k l", Keys(await inside.Kv.GetAsync(KeyRange.From("a"))));
        Assert.Equal("in/deep/k in/deep/l", Keys(await client.Kv.GetAsync(KeyRange.Prefix("in/deep/"))));
        var result = await inside
            .Kv.Transaction()
            .If(Condition.Exists("k"))
            .Then(
                Operation.Get(KeyRange.All),
                Operation.Delete(KeyRange.Prefix("l"), new DeleteOptions { PreviousValues = true }),
                Operation.Nested(new Transaction().Then(Operation.Put("m", "3"), Operation.Get("m")))
            )
            .CommitAsync();
        Assert.Equal("k l", Keys(result.Responses[0].Get!));
        Assert.Equal("l=2", string.Join(' ', result.Responses[1].Delete!.Previous));
        Assert.Equal("m=3", result.Responses[2].Nested!.Responses[1].Get!.First!.ToString());
        Assert.Equal(2, (await inside.Kv.DeleteAsync(KeyRange.All)).Deleted);
        Assert.Equal("a in/zzz", Keys(await client.Kv.GetAsync(KeyRange.All)));
    }

    [Theory]
    [OnEach]
    public async Task RefusalsAreTyped(ServerKind kind)
    {
        await using var client = new EtcdClient(Servers.Of(await servers.Shared(kind)));
        var failure = await Eventually.FailsAsync(EtcdError.EmptyKey, () => client.Kv.PutAsync("", "v"));
        Assert.Equal(Grpc.StatusCode.InvalidArgument, failure.Code);
        Assert.False(failure.OutcomeUnknown);
        await Eventually.FailsAsync(EtcdError.LeaseNotFound, () => client.Kv.PutAsync("k", "v", new PutOptions { Lease = 4711 }));
        await Eventually.FailsAsync(
            EtcdError.DuplicateKey,
            () => client.Kv.Transaction().Then(Operation.Put("k", "1"), Operation.Put("k", "2")).CommitAsync()
        );
        await Eventually.FailsAsync(EtcdError.RequestTooLarge, () => client.Kv.PutAsync("k", new byte[1_900_000]));
    }

    [Theory]
    [OnEachWay]
    public async Task ACancelledCallEnds(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Kv.GetAsync("k", null, cancelled.Token));
    }

    private static string Keys(GetResult result) => string.Join(' ', result.KeyValues.Select(static keyValue => keyValue.Key));
}
