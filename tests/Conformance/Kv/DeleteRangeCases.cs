namespace EtcdSharp.Conformance.Kv;

public sealed class DeleteRangeCases(Servers servers)
{
    private async Task<(EtcdEndpoint Etcd, Keyspace Keys)> With(ServerKind kind, params string[] names)
    {
        var etcd = (await servers.Shared(kind)).Endpoint;
        var keys = new Keyspace();
        await etcd.Fill(keys, names);
        return (etcd, keys);
    }

    [Theory]
    [OnEach("a", null, 1, "b c d")]
    [OnEach("x", null, 0, "a b c d")]
    [OnEach("a", "c", 2, "c d")]
    [OnEach("b", "b", 0, "a b c d")]
    [OnEach("c", "a", 0, "a b c d")]
    [OnEach("", "z", 4, "")]
    [OnEach("bb", "cc", 1, "a b d")]
    public async Task Deletes(ServerKind kind, string from, string? to, int deleted, string left)
    {
        var (etcd, keys) = await With(kind, "a", "b", "c", "d");
        var answer = await etcd.DeleteRange(
            new DeleteRangeRequest { Key = keys[from], RangeEnd = to is null ? ByteString.Empty : keys[to] }
        );
        Assert.Equal(deleted, answer.Deleted);
        Assert.Empty(answer.PrevKvs);
        Assert.Equal(left, keys.NamesOf((await etcd.Range(GetAll(keys))).Kvs));
    }

    [Theory, OnEach]
    public async Task FromAKeyToTheEndOfAll(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        await server.Endpoint.Fill(keys, "a", "b", "c");
        Assert.Equal(2, (await server.Endpoint.DeleteRange(new DeleteRangeRequest { Key = keys["b"], RangeEnd = Zero })).Deleted);
        Assert.Equal(1, (await server.Endpoint.DeleteRange(new DeleteRangeRequest { Key = Zero, RangeEnd = Zero })).Deleted);
    }

    [Theory, OnEach]
    public async Task PrevKvsAreTheDeletedOnesInOrder(ServerKind kind)
    {
        var (etcd, keys) = await With(kind, "c", "a", "b", "a");
        var before = (await etcd.Range(GetAll(keys))).Kvs;
        var request = DeleteAll(keys);
        request.PrevKv = true;
        var answer = await etcd.DeleteRange(request);
        Assert.Equal(3, answer.Deleted);
        Assert.Equal(before, answer.PrevKvs);
    }

    [Theory, OnEach]
    public async Task ManyKeysGoInOneRevision(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        var before = await server.Endpoint.Fill(keys, "a", "b", "c");
        Assert.Equal(before + 1, (await server.Endpoint.DeleteRange(DeleteAll(keys))).Header.Revision);
        Assert.Equal(before + 1, (await server.Endpoint.Range(GetAll(keys))).Header.Revision);
    }

    [Theory, OnEach]
    public async Task DeletingNothingTakesNoRevision(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var keys = new Keyspace();
        var before = await server.Endpoint.Fill(keys, "a");
        Assert.Equal(before, (await server.Endpoint.DeleteRange(Delete(keys["b"]))).Header.Revision);
        await server.Endpoint.DeleteRange(Delete(keys["a"]));
        Assert.Equal(before + 1, (await server.Endpoint.DeleteRange(Delete(keys["a"]))).Header.Revision);
    }

    [Theory, OnEach]
    public async Task TheLeaseForgetsADeletedKey(ServerKind kind)
    {
        var (etcd, keys) = await With(kind);
        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await etcd.Put(Put(keys["a"], "x", lease));
        await etcd.DeleteRange(Delete(keys["a"]));
        await etcd.Put(Put(keys["a"], "y"));
        await etcd.LeaseRevoke(new LeaseRevokeRequest { ID = lease });
        Assert.Single((await etcd.Range(Get(keys["a"]))).Kvs);
    }

    [Theory, OnEach]
    public async Task AnEmptyKeyIsRefused(ServerKind kind)
    {
        var (etcd, _) = await With(kind);
        await Refused(GrpcCode.InvalidArgument, "etcdserver: key is not provided", etcd.DeleteRange(new DeleteRangeRequest()));
    }

    [Theory, OnEach]
    public async Task AnEmptyKeyWithARangeEndIsRefused(ServerKind kind)
    {
        var (etcd, _) = await With(kind);
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: key is not provided",
            etcd.DeleteRange(new DeleteRangeRequest { RangeEnd = Zero })
        );
    }
}
