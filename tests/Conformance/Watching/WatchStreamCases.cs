namespace EtcdSharp.Conformance.Watching;

/// <summary>Many watchers on one stream: ids, cancelling, progress, fragments.</summary>
public sealed class WatchStreamCases(Servers servers)
{
    private async Task<(EtcdEndpoint Etcd, Keyspace Keys)> Here(ServerKind kind) =>
        ((await servers.Shared(kind)).Endpoint, new Keyspace());

    private static async Task<WatchResponse> Ask(DuplexCall<WatchRequest, WatchResponse> watch, WatchRequest request)
    {
        await watch.WriteAsync(request);
        return await watch.Next();
    }

    private static WatchRequest WithId(Keyspace keys, string name, long id) =>
        Create(new WatchCreateRequest { Key = keys[name], WatchId = id });

    [Theory, OnEach]
    public async Task IdsCountUpFromZero(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        for (var expected = 0; expected < 4; expected++)
        {
            Assert.Equal(expected, (await Ask(watch, Watch(keys["a"]))).WatchId);
        }
    }

    [Theory]
    [OnEach(7L)]
    [OnEach(long.MaxValue)]
    [OnEach(-5L)]
    public async Task AnIdMayBeGiven(ServerKind kind, long id)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        var created = await Ask(watch, WithId(keys, "a", id));
        Assert.True(created.Created);
        Assert.Equal(id, created.WatchId);
        await etcd.Put(Put(keys["a"], "x"));
        Assert.Equal(id, (await watch.Next()).WatchId);
    }

    [Theory, OnEach]
    public async Task AssignedIdsStepOverGivenOnes(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        Assert.Equal(1, (await Ask(watch, WithId(keys, "a", 1))).WatchId);
        Assert.Equal(0, (await Ask(watch, Watch(keys["b"]))).WatchId);
        Assert.Equal(2, (await Ask(watch, Watch(keys["c"]))).WatchId);
    }

    [Theory, OnEach]
    public async Task ATakenIdIsCanceledAndTheFirstWatcherLives(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        await Ask(watch, WithId(keys, "a", 9));
        var second = await Ask(watch, WithId(keys, "b", 9));
        Assert.True(second.Canceled);
        Assert.True(second.Created);
        Assert.Equal(-1, second.WatchId);
        Assert.Equal("mvcc: duplicate watch ID provided on the WatchStream", second.CancelReason);
        await etcd.Put(Put(keys["a"], "x"));
        Assert.Equal(9, (await watch.Next()).WatchId);
    }

    [Theory, OnEach]
    public async Task EachWatcherGetsItsOwnEvents(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        await Ask(watch, Watch(keys["a"]));
        await Ask(watch, Watch(keys["b"]));
        await etcd.Put(Put(keys["b"], "x"));
        var first = await watch.Next();
        Assert.Equal((1L, "b"), (first.WatchId, keys.NameOf(first.Events[0].Kv.Key)));
        await etcd.Put(Put(keys["a"], "x"));
        var second = await watch.Next();
        Assert.Equal((0L, "a"), (second.WatchId, keys.NameOf(second.Events[0].Kv.Key)));
    }

    [Theory, OnEach]
    public async Task TwoWatchersOfOneKeyBothHear(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        await Ask(watch, Watch(keys["a"]));
        await Ask(watch, WatchAll(keys));
        await etcd.Put(Put(keys["a"], "x"));
        var ids = new[] { (await watch.Next()).WatchId, (await watch.Next()).WatchId };
        Assert.Equal([0L, 1L], ids.Order());
    }

    [Theory, OnEach]
    public async Task ACanceledWatcherSaysSoAndIsSilent(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        await Ask(watch, Watch(keys["a"]));
        await Ask(watch, Watch(keys["b"]));
        var canceled = await Ask(watch, Cancel(0));
        Assert.True(canceled.Canceled);
        Assert.False(canceled.Created);
        Assert.Equal(0, canceled.WatchId);
        Assert.Equal("", canceled.CancelReason);
        Assert.Equal(0, canceled.CompactRevision);
        await etcd.Put(Put(keys["a"], "x"));
        await etcd.Put(Put(keys["b"], "x"));
        Assert.Equal(1, (await watch.Next()).WatchId);
    }

    [Theory, OnEach]
    public async Task ACanceledIdMayBeUsedAgain(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        await Ask(watch, WithId(keys, "a", 3));
        await Ask(watch, Cancel(3));
        var again = await Ask(watch, WithId(keys, "b", 3));
        Assert.False(again.Canceled);
        Assert.Equal(3, again.WatchId);
    }

    [Theory]
    [OnEach(17L)]
    [OnEach(-1L)]
    public async Task CancelingAnUnknownIdIsNotAnswered(ServerKind kind, long id)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        await watch.WriteAsync(Cancel(id));
        var created = await Ask(watch, Watch(keys["a"]));
        Assert.True(created.Created);
        Assert.False(created.Canceled);
    }

    [Theory, OnEach]
    public async Task AnEmptyRequestIsNotAnswered(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        await watch.WriteAsync(new WatchRequest());
        Assert.True((await Ask(watch, Watch(keys["a"]))).Created);
    }

    // An inverted range and one that starts below the first key have nobody in them.
    [Theory]
    [OnEach("b", "a")]
    [OnEach("a", "a")]
    public async Task AnEmptyRangeIsCanceledAtOnce(ServerKind kind, string from, string to)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        var created = await Ask(watch, Create(new WatchCreateRequest { Key = keys[from], RangeEnd = keys[to] }));
        Assert.True(created.Created);
        Assert.True(created.Canceled);
        Assert.Equal(-1, created.WatchId);
        Assert.Equal("mvcc: watcher range is empty", created.CancelReason);
    }

    [Theory, OnEach]
    public async Task AnEmptyKeyAloneWatchesTheFirstPossibleKey(ServerKind kind)
    {
        var (etcd, _) = await Here(kind);
        await using var watch = etcd.Watch();
        var created = await Ask(watch, Create(new WatchCreateRequest()));
        Assert.True(created.Created);
        Assert.False(created.Canceled, created.CancelReason);
    }

    [Theory, OnEach]
    public async Task ANegativeStartRevisionCountsAsCompacted(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        var created = await Ask(watch, Watch(keys["a"], -1));
        Assert.True(created.Created);
        Assert.True(created.Canceled);
        Assert.Equal(-1, created.WatchId);
        Assert.Equal("etcdserver: mvcc: required revision has been compacted", created.CancelReason);
    }

    [Theory, OnEach]
    public async Task ACompactedStartIsCanceledWithTheRevisionToStartFrom(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        await server.Endpoint.Fill(keys, "a", "a", "a", "a", "a");
        await server.Endpoint.Compact(new CompactionRequest { Revision = 4, Physical = true });
        await using var watch = server.Endpoint.Watch();
        var created = await Ask(watch, Watch(keys["a"], 2));
        Assert.True(created.Created);
        Assert.False(created.Canceled);
        var canceled = await watch.Next();
        Assert.True(canceled.Canceled);
        Assert.Equal(4, canceled.CompactRevision);
        Assert.Equal(0, canceled.WatchId);
        Assert.Equal("", canceled.CancelReason);
    }

    [Theory, OnEach]
    public async Task TheCompactedRevisionItselfCanStillBeWatched(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        await server.Endpoint.Fill(keys, "a", "a", "a", "a", "a");
        await server.Endpoint.Compact(new CompactionRequest { Revision = 4, Physical = true });
        await using var watch = server.Endpoint.Watch();
        await Ask(watch, Watch(keys["a"], 4));
        Assert.Equal([4L, 5L, 6L], (await watch.Events(3)).Select(change => change.Kv.ModRevision));
    }

    [Theory, OnEach]
    public async Task ProgressOnRequestComesForTheWholeStream(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        await Ask(watch, Watch(keys["a"]));
        var now = (await etcd.Put(Put(keys["other"], "x"))).Header.Revision;

        // A store that has just applied may not have told its watchers yet and then stays silent: ask until it answers.
        WatchResponse? progress = null;
        for (var attempt = 0; progress is null && attempt < 50; attempt++)
        {
            await watch.WriteAsync(Progress());
            try
            {
                progress = await watch.ReadAsync(TimeSpan.FromSeconds(1));
            }
            catch (TimeoutException)
            {
                continue;
            }
        }
        Assert.NotNull(progress);
        Assert.Equal(-1, progress.WatchId);
        Assert.Empty(progress.Events);
        Assert.False(progress.Created);
        Assert.False(progress.Canceled);
        Assert.True(progress.Header.Revision >= now);
    }

    [Theory, OnEach]
    public async Task ProgressNotifyReportsWhenNothingHappens(ServerKind kind)
    {
        var flag = kind == ServerKind.Real ? "--experimental-watch-progress-notify-interval" : "--watch-progress-notify-interval";
        await using var server = await Servers.Fresh(kind, flag, "300ms");
        var keys = new Keyspace();
        await using var watch = server.Endpoint.Watch();
        await Ask(watch, Create(new WatchCreateRequest { Key = keys["a"], ProgressNotify = true }));
        var now = await server.Endpoint.Fill(keys, "other", "other");
        WatchResponse progress;
        do
        {
            progress = await watch.Next();
            Assert.Empty(progress.Events);
            Assert.Equal(0, progress.WatchId);
        } while (progress.Header.Revision < now);
        Assert.Equal(now, progress.Header.Revision);
    }

    [Theory]
    [OnEach(true)]
    [OnEach(false)]
    public async Task ARevisionTooLargeForOneAnswerComesInFragmentsWhenAsked(ServerKind kind, bool fragment)
    {
        // Fragments are cut at the size of the largest request plus overhead: 1.5 MiB + 512 KiB.
        var (etcd, keys) = await Here(kind);
        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        var value = ByteString.CopyFrom(new byte[500_000]);
        for (var i = 0; i < 8; i++)
        {
            await etcd.Put(
                new PutRequest
                {
                    Key = keys[$"{i}"],
                    Value = value,
                    Lease = lease,
                }
            );
        }
        await using var watch = etcd.Watch();
        await Ask(
            watch,
            Create(
                new WatchCreateRequest
                {
                    Key = keys.Start,
                    RangeEnd = keys.End,
                    PrevKv = true,
                    Fragment = fragment,
                }
            )
        );
        await etcd.LeaseRevoke(new LeaseRevokeRequest { ID = lease });
        List<bool> marks = [];
        var events = 0;
        while (events < 8)
        {
            var answer = await watch.Next();
            marks.Add(answer.Fragment);
            events += answer.Events.Count;
        }
        Assert.Equal(8, events);
        Assert.False(marks[^1]);
        Assert.Equal(fragment, marks.Count > 1);
        Assert.All(marks[..^1], Assert.True);
    }

    [Theory, OnEach]
    public async Task AClientThatAsksNoMoreStillHears(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        await Ask(watch, Watch(keys["a"]));
        watch.CompleteWriting();
        await etcd.Put(Put(keys["a"], "1"));
        await etcd.Put(Put(keys["a"], "2"));
        Assert.Equal([1L, 2L], (await watch.Events(2)).Select(change => change.Kv.Version));
    }

    /// <summary>More than fits between a server and a client that does not read: 64 KB of the stream and the socket's buffers.</summary>
    [Theory, OnEach]
    public async Task AStreamThatIsNotReadDelaysNobodyAndCatchesUp(ServerKind kind)
    {
        const int writes = 300;
        var (etcd, keys) = await Here(kind);
        await using var slow = etcd.Watch();
        await using var quick = etcd.Watch();
        await Ask(slow, Watch(keys["a"]));
        await Ask(quick, Watch(keys["a"]));
        var value = new string('x', 50_000);
        long last = 0;
        for (var i = 0; i < writes; i++)
        {
            last = (await etcd.Put(Put(keys["a"], value))).Header.Revision;
            Assert.Equal(last, Assert.Single(await quick.Events(1)).Kv.ModRevision);
        }
        var late = await slow.Events(writes);
        Assert.Equal(last, late[^1].Kv.ModRevision);
        Assert.Equal(Enumerable.Range(1, writes), late.Select(change => (int)change.Kv.Version));
    }

    [Theory]
    [OnEach(100)]
    [OnEach(3000)]
    public async Task ManyStreamsHearOneWrite(ServerKind kind, int streams)
    {
        var (etcd, keys) = await Here(kind);
        var watches = Enumerable.Range(0, streams).Select(_ => etcd.Watch()).ToArray();
        await Task.WhenAll(watches.Select(watch => Ask(watch, Watch(keys["a"]))));
        var put = await etcd.Put(Put(keys["a"], "x"));
        var events = await Task.WhenAll(watches.Select(watch => watch.Events(1)));
        Assert.All(events, list => Assert.Equal(put.Header.Revision, Assert.Single(list).Kv.ModRevision));
        foreach (var watch in watches)
        {
            await watch.DisposeAsync();
        }
    }
}
