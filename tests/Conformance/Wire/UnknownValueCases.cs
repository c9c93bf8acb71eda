namespace EtcdSharp.Conformance.Wire;

/// <summary>Numbers that no enumeration has, and fields that no message has: a later version may send them.</summary>
public sealed class UnknownValueCases(Servers servers)
{
    private async Task<(EtcdEndpoint Etcd, Keyspace Keys)> Here(ServerKind kind) =>
        ((await servers.Shared(kind)).Endpoint, new Keyspace());

    private static byte[] With(IMessage message, params byte[] more) => [.. message.ToByteArray(), .. more];

    /// <summary>Three fields that no message has: 100 with bytes, 101 with a number, 102 of four fixed bytes.</summary>
    private static byte[] Unknown { get; } = [0xA2, 0x06, 0x03, 1, 2, 3, 0xA8, 0x06, 0x05, 0xB5, 0x06, 1, 2, 3, 4];

    [Theory, OnEach]
    public async Task UnknownFieldsOfWritesAreSteppedOver(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var put = await etcd.Raw("/etcdserverpb.KV/Put", GrpcFrame.Of(With(Put(keys["a"], "1"), Unknown)));
        Assert.Equal(GrpcCode.Ok, put.Code);
        var txn = await etcd.Raw(
            "/etcdserverpb.KV/Txn",
            GrpcFrame.Of(With(Txn(Op(Put(keys["b"], "2")), Op(Delete(keys["c"]))), Unknown))
        );
        Assert.Equal(GrpcCode.Ok, txn.Code);
        Assert.Equal("a b", keys.NamesOf((await etcd.Range(GetAll(keys))).Kvs));
        var delete = await etcd.Raw("/etcdserverpb.KV/DeleteRange", GrpcFrame.Of(With(Delete(keys["a"]), Unknown)));
        Assert.Equal(GrpcCode.Ok, delete.Code);
        var grant = await etcd.Raw(
            "/etcdserverpb.Lease/LeaseGrant",
            GrpcFrame.Of(With(new LeaseGrantRequest { TTL = 60 }, Unknown))
        );
        Assert.Equal(GrpcCode.Ok, grant.Code);
        Assert.Equal("b", keys.NamesOf((await etcd.Range(GetAll(keys))).Kvs));
    }

    // A comparison by an unknown order always holds; of an unknown target nothing is compared, and equal it is.
    [Theory]
    [OnEach(9, 0, true)]
    [OnEach(-1, 0, true)]
    [OnEach(0, 9, true)]
    [OnEach(1, 9, false)]
    [OnEach(2, -1, false)]
    [OnEach(3, 9, false)]
    public async Task AComparisonOfAnUnknownKind(ServerKind kind, int result, int target, bool holds)
    {
        var (etcd, keys) = await Here(kind);
        await etcd.Fill(keys, "a");
        var condition = new Compare
        {
            Key = keys["a"],
            Result = (Compare.Types.CompareResult)result,
            Target = (Compare.Types.CompareTarget)target,
            Version = 77,
        };
        Assert.Equal(holds, (await etcd.Txn(If(condition, []))).Succeeded);
    }

    [Theory]
    [OnEach(7)]
    [OnEach(-1)]
    public async Task AnUnknownFilterFiltersNothing(ServerKind kind, int filter)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        var create = WatchAll(keys);
        create.CreateRequest.Filters.Add((WatchCreateRequest.Types.FilterType)filter);
        await watch.WriteAsync(create);
        Assert.True((await watch.Next()).Created);
        await etcd.Fill(keys, "a");
        await etcd.DeleteRange(Delete(keys["a"]));
        Assert.Equal(
            [Event.Types.EventType.Put, Event.Types.EventType.Delete],
            (await watch.Events(2)).Select(change => change.Type)
        );
    }

    [Theory, OnEach]
    public async Task AnUnknownAlarmActionDoesNothing(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Real, "etcd 3.5 ends on it");
        await using var server = await Servers.Fresh(kind);
        var answer = await server.Endpoint.Alarm(
            new AlarmRequest { Action = (AlarmRequest.Types.AlarmAction)9, Alarm = AlarmType.Nospace }
        );
        Assert.Empty(answer.Alarms);
        Assert.Empty((await server.Endpoint.Alarm(new AlarmRequest())).Alarms);
        await server.Endpoint.Put(Put(Utf8("a"), "1"));
    }

    [Theory, OnEach]
    public async Task AnUnknownRequestOnAWatchStreamIsNotAnswered(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var watch = etcd.Watch();
        await watch.WriteAsync(WatchRequest.Parser.ParseFrom(Unknown));
        await watch.WriteAsync(Watch(keys["a"]));
        Assert.True((await watch.Next()).Created);
    }

    [Theory, OnEach]
    public async Task AKeepAliveOfNoLease(ServerKind kind)
    {
        var (etcd, _) = await Here(kind);
        await using var keepAlive = etcd.LeaseKeepAlive();
        foreach (var id in new[] { 0L, -1L, long.MinValue })
        {
            await keepAlive.WriteAsync(new LeaseKeepAliveRequest { ID = id });
            var answer = await keepAlive.ReadAsync();
            Assert.Equal((id, 0L), (answer!.ID, answer.TTL));
        }
    }
}
