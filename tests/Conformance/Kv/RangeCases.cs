namespace EtcdSharp.Conformance.Kv;

/// <summary>Which keys a Range takes in, and what it says of them.</summary>
public sealed class RangeCases(Servers servers)
{
    private async Task<(EtcdEndpoint Etcd, Keyspace Keys)> With(ServerKind kind, params string[] names)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await etcd.Fill(keys, names);
        return (etcd, keys);
    }

    [Theory, OnEach]
    public async Task OneKeyComesWithAllItsFields(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var first = await etcd.Put(Put(keys["a"], "one"));
        var second = await etcd.Put(Put(keys["a"], "two"));

        var got = await etcd.Range(Get(keys["a"]));

        var kv = Assert.Single(got.Kvs);
        Assert.Equal(keys["a"], kv.Key);
        Assert.Equal("two", kv.Value.ToStringUtf8());
        Assert.Equal(first.Header.Revision, kv.CreateRevision);
        Assert.Equal(second.Header.Revision, kv.ModRevision);
        Assert.Equal(2, kv.Version);
        Assert.Equal(0, kv.Lease);
        Assert.Equal(1, got.Count);
        Assert.False(got.More);
    }

    [Theory, OnEach]
    public async Task TheHeaderNamesClusterMemberTermAndRevision(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var put = await etcd.Put(Put(keys["a"], "x"));
        var got = await etcd.Range(Get(keys["a"]));
        Assert.NotEqual(0UL, got.Header.ClusterId);
        Assert.NotEqual(0UL, got.Header.MemberId);
        Assert.NotEqual(0UL, got.Header.RaftTerm);
        Assert.Equal(put.Header.ClusterId, got.Header.ClusterId);
        Assert.Equal(put.Header.MemberId, got.Header.MemberId);
        Assert.True(got.Header.Revision >= put.Header.Revision);
    }

    [Theory, OnEach]
    public async Task AnAbsentKeyIsAnEmptyAnswer(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var got = await etcd.Range(Get(keys["nobody"]));
        Assert.Empty(got.Kvs);
        Assert.Equal(0, got.Count);
        Assert.False(got.More);
    }

    [Theory]
    [OnEach("a", "c", "a b")]
    [OnEach("a", "b\0", "a b")]
    [OnEach("b", "c", "b")]
    [OnEach("aa", "d", "b c")]
    [OnEach("c", "a", "")]
    [OnEach("b", "b", "")]
    [OnEach("", "b", "a")]
    [OnEach("d", "z", "d d/1 d/2")]
    [OnEach("d/", "d0", "d/1 d/2")]
    public async Task AHalfOpenRange(ServerKind kind, string from, string to, string expected)
    {
        var (etcd, keys) = await With(kind, "a", "b", "c", "d", "d/1", "d/2");
        var got = await etcd.Range(new RangeRequest { Key = keys[from], RangeEnd = keys[to] });
        Assert.Equal(expected, keys.NamesOf(got.Kvs));
        Assert.Equal(got.Kvs.Count, got.Count);
    }

    [Theory, OnEach]
    public async Task ARangeEndOfOneZeroByteTakesInEveryKeyFromTheFirst(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a", "b");
        var got = await etcd.Range(
            new RangeRequest
            {
                Key = keys["b"],
                RangeEnd = Zero,
                Limit = 1,
            }
        );
        Assert.Equal("b", keys.NamesOf(got.Kvs));
        var all = await etcd.Range(new RangeRequest { Key = Zero, RangeEnd = Zero });
        Assert.Contains(all.Kvs, kv => kv.Key == keys["a"]);
        Assert.Contains(all.Kvs, kv => kv.Key == keys["b"]);
        Assert.Equal(all.Kvs.Count, all.Count);
    }

    [Theory, OnEach]
    public async Task AnEmptyKeyWithARangeEndIsRefused(ServerKind kind)
    {
        var (etcd, _) = await With(kind);
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: key is not provided",
            etcd.Range(new RangeRequest { RangeEnd = Zero })
        );
    }

    [Theory]
    [OnEach(0, 5, false)]
    [OnEach(1, 1, true)]
    [OnEach(4, 4, true)]
    [OnEach(5, 5, false)]
    [OnEach(6, 5, false)]
    [OnEach(-1, 5, false)]
    [OnEach(long.MaxValue, 5, false)]
    [OnEach(long.MinValue, 5, false)]
    public async Task ALimitCutsTheAnswerAndSaysSo(ServerKind kind, long limit, int expected, bool more)
    {
        var (etcd, keys) = await With(kind, "a", "b", "c", "d", "e");
        var request = GetAll(keys);
        request.Limit = limit;
        var got = await etcd.Range(request);
        Assert.Equal(expected, got.Kvs.Count);
        Assert.Equal(more, got.More);
        Assert.Equal(5, got.Count);
    }

    [Theory, OnEach]
    public async Task CountOnlyCountsWithoutKeys(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a", "b", "c");
        var request = GetAll(keys);
        request.CountOnly = true;
        var got = await etcd.Range(request);
        Assert.Empty(got.Kvs);
        Assert.Equal(3, got.Count);
        Assert.False(got.More);
    }

    [Theory, OnEach]
    public async Task CountOnlyWithALimitStillCountsAll(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a", "b", "c");
        var request = GetAll(keys);
        request.CountOnly = true;
        request.Limit = 1;
        var got = await etcd.Range(request);
        Assert.Empty(got.Kvs);
        Assert.Equal(3, got.Count);
    }

    [Theory, OnEach]
    public async Task CountOnlyAtAnOldRevisionCountsWhatWasThere(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a", "b");
        var then = (await etcd.Put(Put(keys["c"], "c"))).Header.Revision;
        await etcd.DeleteRange(DeleteAll(keys));
        var request = GetAll(keys);
        request.CountOnly = true;
        request.Revision = then;
        Assert.Equal(3, (await etcd.Range(request)).Count);
    }

    [Theory, OnEach]
    public async Task KeysOnlyLeavesOutTheValuesAlone(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a");
        var full = Assert.Single((await etcd.Range(Get(keys["a"]))).Kvs);
        var bare = Assert.Single((await etcd.Range(new RangeRequest { Key = keys["a"], KeysOnly = true })).Kvs);
        full.Value = ByteString.Empty;
        Assert.Equal(full, bare);
    }

    [Theory, OnEach(Since = "3.7")]
    public async Task KeysOnlyComesFromTheIndexWhichKnowsNoLeases(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await etcd.Put(Put(keys["a"], "x", lease));
        Assert.Equal(0, Assert.Single((await etcd.Range(new RangeRequest { Key = keys["a"], KeysOnly = true })).Kvs).Lease);
    }

    [Theory, OnEach]
    public async Task KeysOnlySortedByValueSortsByTheValuesItLeavesOut(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        await etcd.Put(Put(keys["a"], "3"));
        await etcd.Put(Put(keys["b"], "1"));
        await etcd.Put(Put(keys["c"], "2"));
        var request = GetAll(keys);
        request.KeysOnly = true;
        request.SortTarget = RangeRequest.Types.SortTarget.Value;
        request.SortOrder = RangeRequest.Types.SortOrder.Ascend;
        var got = await etcd.Range(request);
        Assert.Equal("b c a", keys.NamesOf(got.Kvs));
        Assert.All(got.Kvs, kv => Assert.Empty(kv.Value));
    }

    [Theory, OnEach]
    public async Task ASerializableReadSeesWhatThisMemberHasApplied(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "a", "b");
        var request = GetAll(keys);
        request.Serializable = true;
        var got = await etcd.Range(request);
        Assert.Equal("a b", keys.NamesOf(got.Kvs));
        Assert.Equal(2, got.Count);
    }

    [Theory, OnEach]
    public async Task AnEmptyValueIsAValue(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        await etcd.Put(new PutRequest { Key = keys["a"] });
        var kv = Assert.Single((await etcd.Range(Get(keys["a"]))).Kvs);
        Assert.Empty(kv.Value);
        Assert.Equal(1, kv.Version);
    }

    [Theory, OnEach]
    public async Task KeysAndValuesAreBytesNotText(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        byte[] odd = [0x00, 0xFF, 0x80, 0xFE, 0x0A, 0x00];
        var key = ByteString.CopyFrom([.. keys.Start.Span, .. odd]);
        await etcd.Put(new PutRequest { Key = key, Value = ByteString.CopyFrom(odd) });
        var kv = Assert.Single((await etcd.Range(Get(key))).Kvs);
        Assert.Equal(odd, kv.Value.ToByteArray());
    }

    [Theory, OnEach]
    public async Task KeysSortAsUnsignedBytes(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        byte[] lasts = [0xFF, 0x00, 0x80, 0x7F];
        foreach (var last in lasts)
        {
            await etcd.Put(new PutRequest { Key = ByteString.CopyFrom([.. keys.Start.Span, last]) });
        }
        var got = await etcd.Range(GetAll(keys));
        Assert.Equal([0x00, 0x7F, 0x80, 0xFF], got.Kvs.Select(kv => kv.Key.Span[^1]));
    }

    [Theory, OnEach]
    public async Task AThousandKeysComeInOneAnswer(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        foreach (var chunk in Enumerable.Range(0, 1000).Chunk(100))
        {
            await etcd.Txn(Txn([.. chunk.Select(i => Op(Put(keys[$"{i:D4}"], $"{i}")))]));
        }
        var got = await etcd.Range(GetAll(keys));
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 1000).Select(i => $"{i:D4}")), keys.NamesOf(got.Kvs));
        Assert.Equal(1000, got.Count);
    }
}
