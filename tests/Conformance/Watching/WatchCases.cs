using static EtcdSharp.Api.Mvccpb.Event.Types;
using static EtcdSharp.Api.WatchCreateRequest.Types;

namespace EtcdSharp.Conformance.Watching;

/// <summary>Which events a watcher gets, and what is in them.</summary>
public sealed class WatchCases(Servers servers)
{
    private async Task<(EtcdEndpoint Etcd, Keyspace Keys)> With(ServerKind kind, params string[] names)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await etcd.Fill(keys, names);
        return (etcd, keys);
    }

    /// <summary>A stream with one watcher on it, already confirmed.</summary>
    private static async Task<DuplexCall<WatchRequest, WatchResponse>> Open(EtcdEndpoint etcd, WatchRequest request)
    {
        var watch = etcd.Watch();
        await watch.WriteAsync(request);
        var created = await watch.Next();
        Assert.True(created.Created);
        Assert.False(created.Canceled, created.CancelReason);
        return watch;
    }

    [Theory, OnEach]
    public async Task TheFirstAnswerSaysCreatedAndTheCurrentRevision(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var before = (await etcd.Put(Put(keys["a"], "x"))).Header.Revision;
        await using var watch = etcd.Watch();
        await watch.WriteAsync(Watch(keys["a"]));
        var created = await watch.Next();
        Assert.True(created.Created);
        Assert.False(created.Canceled);
        Assert.Empty(created.Events);
        Assert.Equal(0, created.WatchId);
        Assert.True(created.Header.Revision >= before);
        Assert.NotEqual(0UL, created.Header.ClusterId);
        Assert.NotEqual(0UL, created.Header.MemberId);
    }

    [Theory, OnEach]
    public async Task APutIsAnEventWithTheNewPair(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        await using var watch = await Open(etcd, Watch(keys["a"]));
        var put = await etcd.Put(Put(keys["a"], "x"));
        var answer = await watch.Next();
        var change = Assert.Single(answer.Events);
        Assert.Equal(EventType.Put, change.Type);
        Assert.Equal(keys["a"], change.Kv.Key);
        Assert.Equal("x", change.Kv.Value.ToStringUtf8());
        Assert.Equal(put.Header.Revision, change.Kv.ModRevision);
        Assert.Equal(put.Header.Revision, change.Kv.CreateRevision);
        Assert.Equal(1, change.Kv.Version);
        Assert.Null(change.PrevKv);
        Assert.True(answer.Header.Revision >= put.Header.Revision);
        Assert.False(answer.Created);
    }

    [Theory, OnEach]
    public async Task ADeletionIsAnEventWithKeyAndRevisionAlone(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a");
        await using var watch = await Open(etcd, Watch(keys["a"]));
        var deleted = await etcd.DeleteRange(Delete(keys["a"]));
        var change = Assert.Single(await watch.Events(1));
        Assert.Equal(EventType.Delete, change.Type);
        Assert.Equal(new KeyValue { Key = keys["a"], ModRevision = deleted.Header.Revision }, change.Kv);
        Assert.Null(change.PrevKv);
    }

    [Theory, OnEach]
    public async Task ALeaseOnAPutIsInTheEvent(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await using var watch = await Open(etcd, Watch(keys["a"]));
        await etcd.Put(Put(keys["a"], "x", lease));
        Assert.Equal(lease, Assert.Single(await watch.Events(1)).Kv.Lease);
    }

    [Theory]
    [OnEach("b", null, "b")]
    [OnEach("b", "d", "b c")]
    [OnEach("", "z", "a b c d")]
    [OnEach("bb", "cc", "c")]
    public async Task OnlyKeysOfTheRange(ServerKind kind, string from, string? to, string expected)
    {
        var (etcd, keys) = await With(kind);
        await using var watch = await Open(
            etcd,
            Create(new WatchCreateRequest { Key = keys[from], RangeEnd = to is null ? ByteString.Empty : keys[to] })
        );
        await etcd.Fill(keys, "a", "b", "c", "d");
        var names = expected.Split(' ');
        var events = await watch.Events(names.Length);
        Assert.Equal(names, events.Select(change => keys.NameOf(change.Kv.Key)));

        // Nothing else is on its way: the next thing that comes is the answer to what is asked next.
        await watch.WriteAsync(Watch(keys["other"]));
        Assert.True((await watch.Next()).Created);
    }

    [Theory, OnEach]
    public async Task ARangeEndOfOneZeroByteWatchesToTheEndOfAll(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        await using var watch = await Open(server.Endpoint, Create(new WatchCreateRequest { Key = keys["b"], RangeEnd = Zero }));
        await server.Endpoint.Fill(keys, "a", "b", "z");
        var events = await watch.Events(2);
        Assert.Equal(["b", "z"], events.Select(change => keys.NameOf(change.Kv.Key)));
    }

    [Theory, OnEach]
    public async Task AnEmptyKeyWithARangeEndOfZeroWatchesAll(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        await using var watch = await Open(server.Endpoint, Create(new WatchCreateRequest { RangeEnd = Zero }));
        await server.Endpoint.Fill(keys, "a");
        Assert.Single(await watch.Events(1));
    }

    [Theory, OnEach]
    public async Task FromThePastComeAllEventsSince(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var first = await etcd.Fill(keys, "a");
        await etcd.Fill(keys, "b", "a");
        await etcd.DeleteRange(Delete(keys["b"]));
        await using var watch = await Open(etcd, WatchAll(keys, first));
        var events = await watch.Events(4);
        Assert.Equal(
            ["Put a", "Put b", "Put a", "Delete b"],
            events.Select(change => $"{change.Type} {keys.NameOf(change.Kv.Key)}")
        );
        Assert.Equal([first, first + 1, first + 2, first + 3], Distances(events, first));
        Assert.Equal(2, events[2].Kv.Version);
    }

    // On a shared server others write in between: only the order counts.
    private static IEnumerable<long> Distances(IReadOnlyList<Event> events, long first)
    {
        Assert.Equal(events.Select(change => change.Kv.ModRevision).Order(), events.Select(change => change.Kv.ModRevision));
        return Enumerable.Range(0, events.Count).Select(i => first + i);
    }

    [Theory, OnEach]
    public async Task TheStartRevisionItselfIsIncluded(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a");
        var second = await etcd.Fill(keys, "a");
        await etcd.Fill(keys, "a");
        await using var watch = await Open(etcd, Watch(keys["a"], second));
        Assert.Equal([2L, 3L], (await watch.Events(2)).Select(change => change.Kv.Version));
    }

    [Theory, OnEach]
    public async Task PastAndPresentJoinWithoutGapOrRepetition(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var first = await etcd.Fill(keys, "a");
        var writer = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await etcd.Put(Put(keys["a"], $"{i}"));
            }
        });
        await using var watch = await Open(etcd, Watch(keys["a"], first));
        var events = await watch.Events(301);
        await writer;
        Assert.Equal(Enumerable.Range(1, 301).Select(i => (long)i), events.Select(change => change.Kv.Version));
    }

    [Theory, OnEach]
    public async Task AFutureRevisionWaitsForIt(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        var now = await server.Endpoint.Fill(keys, "a");
        await using var watch = await Open(server.Endpoint, Watch(keys["a"], now + 3));
        await server.Endpoint.Fill(keys, "a", "a", "a", "a");
        Assert.Equal([now + 3, now + 4], (await watch.Events(2)).Select(change => change.Kv.ModRevision));
    }

    [Theory]
    [OnEach(FilterType.Noput, "Delete")]
    [OnEach(FilterType.Nodelete, "Put")]
    public async Task AFilterLeavesOutEventsOfAKind(ServerKind kind, FilterType filter, string expected)
    {
        var (etcd, keys) = await With(kind);
        await using var watch = await Open(etcd, Create(new WatchCreateRequest { Key = keys["a"], Filters = { filter } }));
        for (var i = 0; i < 2; i++)
        {
            await etcd.Put(Put(keys["a"], "x"));
            await etcd.DeleteRange(Delete(keys["a"]));
        }
        var events = await watch.Events(2);
        Assert.Equal([expected, expected], events.Select(change => $"{change.Type}"));
    }

    [Theory]
    [OnEach(FilterType.Noput, "Delete")]
    [OnEach(FilterType.Nodelete, "Put")]
    public async Task AFilterWorksOnThePastToo(ServerKind kind, FilterType filter, string expected)
    {
        var (etcd, keys) = await With(kind);
        var first = await etcd.Fill(keys, "a");
        await etcd.DeleteRange(Delete(keys["a"]));
        await using var watch = await Open(
            etcd,
            Create(
                new WatchCreateRequest
                {
                    Key = keys["a"],
                    StartRevision = first,
                    Filters = { filter },
                }
            )
        );
        Assert.Equal(expected, $"{Assert.Single(await watch.Events(1)).Type}");
    }

    [Theory, OnEach]
    public async Task PrevKvShowsThePairBefore(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        await using var watch = await Open(etcd, Create(new WatchCreateRequest { Key = keys["a"], PrevKv = true }));
        await etcd.Put(Put(keys["a"], "1"));
        await etcd.Put(Put(keys["a"], "2"));
        await etcd.DeleteRange(Delete(keys["a"]));
        var events = await watch.Events(3);
        Assert.Null(events[0].PrevKv);
        Assert.Equal(events[0].Kv, events[1].PrevKv);
        Assert.Equal(events[1].Kv, events[2].PrevKv);
    }

    [Theory, OnEach]
    public async Task PrevKvWorksOnThePastToo(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a");
        var second = await etcd.Fill(keys, "a");
        await etcd.DeleteRange(Delete(keys["a"]));
        await using var watch = await Open(
            etcd,
            Create(
                new WatchCreateRequest
                {
                    Key = keys["a"],
                    PrevKv = true,
                    StartRevision = second,
                }
            )
        );
        var events = await watch.Events(2);
        Assert.Equal(1, events[0].PrevKv.Version);
        Assert.Equal(2, events[1].PrevKv.Version);
    }

    [Theory, OnEach]
    public async Task OneTransactionsEventsComeInOneAnswer(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "z");
        await using var watch = await Open(etcd, WatchAll(keys));
        var txn = await etcd.Txn(Txn(Op(Put(keys["b"], "1")), Op(Put(keys["a"], "2")), Op(Delete(keys["z"]))));
        var answer = await watch.Next();
        Assert.Equal(
            ["Put b", "Put a", "Delete z"],
            answer.Events.Select(change => $"{change.Type} {keys.NameOf(change.Kv.Key)}")
        );
        Assert.All(answer.Events, change => Assert.Equal(txn.Header.Revision, change.Kv.ModRevision));
    }

    [Theory, OnEach]
    public async Task OneTransactionsEventsComeInOneAnswerFromThePastToo(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var txn = await etcd.Txn(Txn(Op(Put(keys["b"], "1")), Op(Put(keys["a"], "2"))));
        await using var watch = await Open(etcd, WatchAll(keys, txn.Header.Revision));
        var answer = await watch.Next();
        Assert.Equal(["b", "a"], answer.Events.Select(change => keys.NameOf(change.Kv.Key)));
    }

    [Theory, OnEach]
    public async Task ADeletedRangesEventsComeInOneAnswerInKeyOrder(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "c", "a", "b");
        await using var watch = await Open(etcd, WatchAll(keys));
        await etcd.DeleteRange(DeleteAll(keys));
        Assert.Equal(["a", "b", "c"], (await watch.Next()).Events.Select(change => keys.NameOf(change.Kv.Key)));
    }

    [Theory, OnEach]
    public async Task APutThatChangesNothingIsStillAnEvent(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a");
        await using var watch = await Open(etcd, Watch(keys["a"]));
        await etcd.Fill(keys, "a", "a");
        Assert.Equal([2L, 3L], (await watch.Events(2)).Select(change => change.Kv.Version));
    }

    [Theory, OnEach]
    public async Task ARevokedLeasesDeletionsAreEventsOfOneRevision(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        foreach (var name in new[] { "b", "c", "a" })
        {
            await etcd.Put(Put(keys[name], "x", lease));
        }
        await using var watch = await Open(etcd, WatchAll(keys));
        await etcd.LeaseRevoke(new LeaseRevokeRequest { ID = lease });
        var answer = await watch.Next();
        Assert.Equal(["a", "b", "c"], answer.Events.Select(change => keys.NameOf(change.Kv.Key)));
        Assert.Single(answer.Events.Select(change => change.Kv.ModRevision).Distinct());
        Assert.All(answer.Events, change => Assert.Equal(EventType.Delete, change.Type));
    }

    [Theory, OnEach]
    public async Task AThousandWritesArriveInOrder(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        await using var watch = await Open(etcd, WatchAll(keys));
        await Parallel.ForAsync(
            0,
            1000,
            new ParallelOptions { MaxDegreeOfParallelism = 50 },
            async (i, _) => await etcd.Put(Put(keys[$"{i}"], "x"))
        );
        var revisions = (await watch.Events(1000)).Select(change => change.Kv.ModRevision).ToList();
        Assert.Equal(revisions.Distinct().Order(), revisions);
    }
}
