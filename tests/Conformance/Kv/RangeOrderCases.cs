using static EtcdSharp.Api.RangeRequest.Types;

namespace EtcdSharp.Conformance.Kv;

/// <summary>Sorting, filtering by revision, and reads of the past.</summary>
public sealed class RangeOrderCases(Servers servers)
{
    // a: version 3, created first, changed last, value "2"; b: version 1, value "3"; c: version 2, value "1".
    private static async Task<long> FillAsync(EtcdEndpoint etcd, Keyspace keys)
    {
        var first = await etcd.Put(Put(keys["a"], "9"));
        await etcd.Put(Put(keys["c"], "9"));
        await etcd.Put(Put(keys["b"], "3"));
        await etcd.Put(Put(keys["c"], "1"));
        await etcd.Put(Put(keys["a"], "9"));
        await etcd.Put(Put(keys["a"], "2"));
        return first.Header.Revision;
    }

    [Theory]
    [OnEach(SortTarget.Key, SortOrder.None, "a b c")]
    [OnEach(SortTarget.Key, SortOrder.Ascend, "a b c")]
    [OnEach(SortTarget.Key, SortOrder.Descend, "c b a")]
    [OnEach(SortTarget.Version, SortOrder.None, "b c a")]
    [OnEach(SortTarget.Version, SortOrder.Ascend, "b c a")]
    [OnEach(SortTarget.Version, SortOrder.Descend, "a c b")]
    [OnEach(SortTarget.Create, SortOrder.None, "a c b")]
    [OnEach(SortTarget.Create, SortOrder.Ascend, "a c b")]
    [OnEach(SortTarget.Create, SortOrder.Descend, "b c a")]
    [OnEach(SortTarget.Mod, SortOrder.None, "b c a")]
    [OnEach(SortTarget.Mod, SortOrder.Ascend, "b c a")]
    [OnEach(SortTarget.Mod, SortOrder.Descend, "a c b")]
    [OnEach(SortTarget.Value, SortOrder.None, "c a b")]
    [OnEach(SortTarget.Value, SortOrder.Ascend, "c a b")]
    [OnEach(SortTarget.Value, SortOrder.Descend, "b a c")]
    public async Task SortedBy(ServerKind kind, SortTarget target, SortOrder order, string expected)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await FillAsync(etcd, keys);
        var request = GetAll(keys);
        request.SortTarget = target;
        request.SortOrder = order;
        Assert.Equal(expected, keys.NamesOf((await etcd.Range(request)).Kvs));
    }

    [Theory]
    [OnEach(SortTarget.Key, SortOrder.Descend, "c b")]
    [OnEach(SortTarget.Version, SortOrder.Ascend, "b c")]
    [OnEach(SortTarget.Create, SortOrder.Descend, "b c")]
    [OnEach(SortTarget.Mod, SortOrder.Descend, "a c")]
    [OnEach(SortTarget.Value, SortOrder.Ascend, "c a")]
    public async Task ALimitTakesTheFirstInTheOrderAskedFor(ServerKind kind, SortTarget target, SortOrder order, string expected)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await FillAsync(etcd, keys);
        var request = GetAll(keys);
        request.SortTarget = target;
        request.SortOrder = order;
        request.Limit = 2;
        var got = await etcd.Range(request);
        Assert.Equal(expected, keys.NamesOf(got.Kvs));
        Assert.True(got.More);
        Assert.Equal(3, got.Count);
    }

    [Theory]
    [OnEach(SortTarget.Version, SortOrder.Ascend)]
    [OnEach(SortTarget.Value, SortOrder.Ascend)]
    public async Task EqualTargetsKeepTheOrderOfTheKeys(ServerKind kind, SortTarget target, SortOrder order)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        foreach (var name in new[] { "c", "a", "d", "b" })
        {
            await etcd.Put(Put(keys[name], "same"));
        }
        var request = GetAll(keys);
        request.SortTarget = target;
        request.SortOrder = order;
        Assert.Equal("a b c d", keys.NamesOf((await etcd.Range(request)).Kvs));
    }

    // Revisions, counted from the first: a created 0, changed 5; c created 1, changed 3; b created and changed 2.
    [Theory]
    [OnEach(3, 0, 0, 0, "a c")]
    [OnEach(4, 0, 0, 0, "a")]
    [OnEach(6, 0, 0, 0, "")]
    [OnEach(0, 2, 0, 0, "b")]
    [OnEach(0, 3, 0, 0, "b c")]
    [OnEach(2, 3, 0, 0, "b c")]
    [OnEach(0, 0, 1, 0, "b c")]
    [OnEach(0, 0, 2, 0, "b")]
    [OnEach(0, 0, 0, 1, "a c")]
    [OnEach(0, 0, 1, 1, "c")]
    [OnEach(3, 0, 0, 1, "a c")]
    [OnEach(0, 3, 2, 0, "b")]
    public async Task FilteredByRevisions(ServerKind kind, int minMod, int maxMod, int minCreate, int maxCreate, string expected)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await using var server = await Servers.Fresh(kind);
        etcd = server.Endpoint;
        var first = await FillAsync(etcd, keys);
        var request = GetAll(keys);
        request.MinModRevision = From(minMod);
        request.MaxModRevision = From(maxMod);
        request.MinCreateRevision = From(minCreate);
        request.MaxCreateRevision = From(maxCreate);

        var got = await etcd.Range(request);

        Assert.Equal(expected, keys.NamesOf(got.Kvs));
        Assert.Equal(3, got.Count);

        long From(int offset) => offset == 0 ? 0 : first + offset;
    }

    [Theory, OnEach]
    public async Task AFilterIsAppliedBeforeTheLimit(ServerKind kind)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await etcd.Fill(keys, "a", "b", "c");
        var border = (await etcd.Put(Put(keys["d"], "d"))).Header.Revision;
        await etcd.Fill(keys, "e", "f");
        var request = GetAll(keys);
        request.MinCreateRevision = border;
        request.Limit = 2;
        var got = await etcd.Range(request);
        Assert.Equal("d e", keys.NamesOf(got.Kvs));
        Assert.True(got.More);
        Assert.Equal(6, got.Count);
    }

    [Theory, OnEach]
    public async Task AnOldRevisionShowsTheOldValuesAndTheHeaderTheNewRevision(ServerKind kind)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        var old = (await etcd.Put(Put(keys["a"], "old"))).Header.Revision;
        var now = (await etcd.Put(Put(keys["a"], "new"))).Header.Revision;
        var got = await etcd.Range(new RangeRequest { Key = keys["a"], Revision = old });
        Assert.Equal("old", Assert.Single(got.Kvs).Value.ToStringUtf8());
        Assert.True(got.Header.Revision >= now);
    }

    [Theory, OnEach]
    public async Task ADeletedKeyIsStillInThePast(ServerKind kind)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        var alive = (await etcd.Put(Put(keys["a"], "x"))).Header.Revision;
        var deleted = (await etcd.DeleteRange(Delete(keys["a"]))).Header.Revision;
        Assert.Single((await etcd.Range(new RangeRequest { Key = keys["a"], Revision = alive })).Kvs);
        Assert.Empty((await etcd.Range(new RangeRequest { Key = keys["a"], Revision = deleted })).Kvs);
        Assert.Empty((await etcd.Range(new RangeRequest { Key = keys["a"], Revision = alive - 1 })).Kvs);
    }

    [Theory, OnEach]
    public async Task AKeyPutAgainAfterItsDeletionStartsANewLife(ServerKind kind)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await etcd.Fill(keys, "a", "a", "a");
        await etcd.DeleteRange(Delete(keys["a"]));
        var reborn = (await etcd.Put(Put(keys["a"], "x"))).Header.Revision;
        var kv = Assert.Single((await etcd.Range(Get(keys["a"]))).Kvs);
        Assert.Equal(1, kv.Version);
        Assert.Equal(reborn, kv.CreateRevision);
        Assert.Equal(reborn, kv.ModRevision);
    }

    [Theory, OnEach]
    public async Task EveryRevisionOfAKeyCanBeRead(ServerKind kind)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        List<long> revisions = [];
        for (var i = 0; i < 10; i++)
        {
            revisions.Add((await etcd.Put(Put(keys["a"], $"{i}"))).Header.Revision);
        }
        for (var i = 0; i < 10; i++)
        {
            var kv = Assert.Single((await etcd.Range(new RangeRequest { Key = keys["a"], Revision = revisions[i] })).Kvs);
            Assert.Equal($"{i}", kv.Value.ToStringUtf8());
            Assert.Equal(i + 1, kv.Version);
        }
    }

    [Theory, OnEach]
    public async Task AFutureRevisionIsRefused(ServerKind kind)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await Refused(
            GrpcCode.OutOfRange,
            "etcdserver: mvcc: required revision is a future revision",
            etcd.Range(new RangeRequest { Key = keys["a"], Revision = long.MaxValue })
        );
    }

    [Theory, OnEach]
    public async Task ANegativeRevisionMeansNow(ServerKind kind)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await etcd.Fill(keys, "a");
        Assert.Single((await etcd.Range(new RangeRequest { Key = keys["a"], Revision = -7 })).Kvs);
    }
}
