namespace EtcdSharp.Conformance.Leases;

public sealed class LeaseCases(Servers servers)
{
    private const string NotFound = "etcdserver: requested lease not found";

    private async Task<EtcdEndpoint> Here(ServerKind kind) => (await servers.Shared(kind)).Endpoint;

    private static long NewId() => Random.Shared.NextInt64(1, long.MaxValue);

    private static async Task<LeaseKeepAliveResponse> KeepAlive(EtcdEndpoint etcd, long id)
    {
        await using var call = etcd.LeaseKeepAlive();
        await call.WriteAsync(new LeaseKeepAliveRequest { ID = id });
        return await call.ReadAsync() ?? throw new InvalidOperationException("the keepalive stream ended");
    }

    [Theory, OnEach]
    public async Task TheServerChoosesAnId(ServerKind kind)
    {
        var etcd = await Here(kind);
        var first = await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 100 });
        var second = await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 100 });
        Assert.True(first.ID > 0);
        Assert.NotEqual(first.ID, second.ID);
        Assert.Equal(100, first.TTL);
        Assert.Equal("", first.Error);
        Assert.NotEqual(0UL, first.Header.MemberId);
    }

    [Theory, OnEach]
    public async Task AnIdMayBeGiven(ServerKind kind)
    {
        var etcd = await Here(kind);
        var id = NewId();
        Assert.Equal(id, (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 100, ID = id })).ID);
    }

    [Theory, OnEach]
    public async Task AGivenIdMayBeNegative(ServerKind kind)
    {
        var etcd = await Here(kind);
        var id = -NewId();
        Assert.Equal(id, (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 100, ID = id })).ID);
        Assert.Equal(100, (await etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = id })).GrantedTTL);
    }

    [Theory, OnEach]
    public async Task ATakenIdIsRefused(ServerKind kind)
    {
        var etcd = await Here(kind);
        var id = NewId();
        await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 100, ID = id });
        await Refused(
            GrpcCode.FailedPrecondition,
            "etcdserver: lease already exists",
            etcd.LeaseGrant(new LeaseGrantRequest { TTL = 100, ID = id })
        );
    }

    [Theory]
    [OnEach(9_000_000_001L)]
    [OnEach(long.MaxValue)]
    public async Task ATimeToLiveAboveTheLimitIsRefused(ServerKind kind, long ttl) =>
        await Refused(
            GrpcCode.OutOfRange,
            "etcdserver: too large lease TTL",
            (await Here(kind)).LeaseGrant(new LeaseGrantRequest { TTL = ttl })
        );

    [Theory, OnEach]
    public async Task TheLongestTimeToLiveIsTaken(ServerKind kind) =>
        Assert.Equal(9_000_000_000, (await (await Here(kind)).LeaseGrant(new LeaseGrantRequest { TTL = 9_000_000_000 })).TTL);

    // Shorter than an election takes makes no sense: with the default 1,000 ms election timeout the least is 2 s.
    [Theory]
    [OnEach(1L)]
    [OnEach(0L)]
    [OnEach(-10L)]
    public async Task AShortTimeToLiveIsRaisedToTheLeast(ServerKind kind, long ttl)
    {
        var etcd = await Here(kind);
        var granted = await etcd.LeaseGrant(new LeaseGrantRequest { TTL = ttl });
        Assert.Equal(2, granted.TTL);
        var left = await etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = granted.ID });
        Assert.Equal(2, left.GrantedTTL);
        Assert.InRange(left.TTL, 0, 2);
    }

    [Theory, OnEach]
    public async Task TimeToLiveTellsWhatIsLeft(ServerKind kind)
    {
        var etcd = await Here(kind);
        var id = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 100 })).ID;
        var left = await etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = id });
        Assert.Equal(id, left.ID);
        Assert.Equal(100, left.GrantedTTL);
        Assert.InRange(left.TTL, 90, 100);
        Assert.Empty(left.Keys);
    }

    [Theory]
    [OnEach(true)]
    [OnEach(false)]
    public async Task TimeToLiveListsKeysWhenAsked(ServerKind kind, bool asked)
    {
        var etcd = await Here(kind);
        var keys = new Keyspace();
        var id = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 100 })).ID;
        await etcd.Put(Put(keys["b"], "x", id));
        await etcd.Put(Put(keys["a"], "x", id));
        var left = await etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = id, Keys = asked });
        var names = left.Keys.Select(key => keys.NameOf(key)).Order(StringComparer.Ordinal);
        Assert.Equal(asked ? "a b" : "", string.Join(' ', names));
    }

    [Theory, OnEach]
    public async Task TimeToLiveOfAnUnknownLeaseIsMinusOne(ServerKind kind)
    {
        var etcd = await Here(kind);
        var id = NewId();
        var left = await etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = id, Keys = true });
        Assert.Equal((id, -1L, 0L), (left.ID, left.TTL, left.GrantedTTL));
        Assert.NotNull(left.Header);
    }

    [Theory, OnEach]
    public async Task RevokingDeletesTheKeysInOneRevision(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var etcd = server.Endpoint;
        var keys = new Keyspace();
        var id = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 100 })).ID;
        await etcd.Put(Put(keys["a"], "x", id));
        await etcd.Put(Put(keys["b"], "x", id));
        var before = await etcd.Fill(keys, "c");
        var revoked = await etcd.LeaseRevoke(new LeaseRevokeRequest { ID = id });
        Assert.Equal(before + 1, revoked.Header.Revision);
        Assert.Equal("c", keys.NamesOf((await etcd.Range(GetAll(keys))).Kvs));
        Assert.Equal(-1, (await etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = id })).TTL);
    }

    [Theory, OnEach]
    public async Task GrantingAndRevokingWithoutKeysTakeNoRevision(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var granted = await server.Endpoint.LeaseGrant(new LeaseGrantRequest { TTL = 100 });
        Assert.Equal(1, granted.Header.Revision);
        Assert.Equal(1, (await server.Endpoint.LeaseRevoke(new LeaseRevokeRequest { ID = granted.ID })).Header.Revision);
        Assert.Equal(2, (await server.Endpoint.Put(Put(Utf8("a"), "x"))).Header.Revision);
    }

    [Theory, OnEach]
    public async Task RevokingAnUnknownLeaseIsRefused(ServerKind kind) =>
        await Refused(GrpcCode.NotFound, NotFound, (await Here(kind)).LeaseRevoke(new LeaseRevokeRequest { ID = NewId() }));

    [Theory, OnEach]
    public async Task RevokingTwiceIsRefused(ServerKind kind)
    {
        var etcd = await Here(kind);
        var id = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 100 })).ID;
        await etcd.LeaseRevoke(new LeaseRevokeRequest { ID = id });
        await Refused(GrpcCode.NotFound, NotFound, etcd.LeaseRevoke(new LeaseRevokeRequest { ID = id }));
    }

    [Theory, OnEach]
    public async Task ListHasEveryLease(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        Assert.Empty((await server.Endpoint.LeaseLeases()).Leases);
        var ids = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await server.Endpoint.LeaseGrant(new LeaseGrantRequest { TTL = 100 + i })).ID);
        }
        Assert.Equal(ids.Order(), (await server.Endpoint.LeaseLeases()).Leases.Select(lease => lease.ID).Order());
    }

    // The list is in the order of the moment at which the leases end.
    [Theory, OnEach]
    public async Task ListIsInTheOrderOfExpiry(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var late = (await server.Endpoint.LeaseGrant(new LeaseGrantRequest { TTL = 300 })).ID;
        var soon = (await server.Endpoint.LeaseGrant(new LeaseGrantRequest { TTL = 100 })).ID;
        var later = (await server.Endpoint.LeaseGrant(new LeaseGrantRequest { TTL = 500 })).ID;
        Assert.Equal([soon, late, later], (await server.Endpoint.LeaseLeases()).Leases.Select(lease => lease.ID));
    }

    [Theory, OnEach]
    public async Task KeepingAliveGivesTheFullTimeAgain(ServerKind kind)
    {
        var etcd = await Here(kind);
        var id = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 50 })).ID;
        var answer = await KeepAlive(etcd, id);
        Assert.Equal((id, 50L), (answer.ID, answer.TTL));
        Assert.NotEqual(0UL, answer.Header.MemberId);
    }

    [Theory, OnEach]
    public async Task KeepingAnUnknownLeaseAliveAnswersZero(ServerKind kind)
    {
        var id = NewId();
        var answer = await KeepAlive(await Here(kind), id);
        Assert.Equal((id, 0L), (answer.ID, answer.TTL));
    }

    [Theory, OnEach]
    public async Task OneStreamKeepsManyLeasesAlive(ServerKind kind)
    {
        var etcd = await Here(kind);
        await using var call = etcd.LeaseKeepAlive();
        for (var ttl = 10; ttl < 15; ttl++)
        {
            var id = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = ttl })).ID;
            await call.WriteAsync(new LeaseKeepAliveRequest { ID = id });
            var answer = await call.ReadAsync();
            Assert.Equal((id, (long)ttl), (answer!.ID, answer.TTL));
        }
        call.CompleteWriting();
        Assert.Null(await call.ReadAsync());
    }

    [Theory, OnEach]
    public async Task AnExpiredLeaseDeletesItsKeysInOneRevision(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var etcd = server.Endpoint;
        var keys = new Keyspace();
        await using var watch = etcd.Watch();
        await watch.WriteAsync(
            Create(
                new WatchCreateRequest
                {
                    Key = keys.Start,
                    RangeEnd = keys.End,
                    Filters = { WatchCreateRequest.Types.FilterType.Noput },
                }
            )
        );
        await watch.Next();
        var id = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 2 })).ID;
        foreach (var name in new[] { "c", "a", "b" })
        {
            await etcd.Put(Put(keys[name], "x", id));
        }
        var last = await etcd.Fill(keys, "stays");
        var answer = await watch.Next();
        Assert.Equal(["a", "b", "c"], answer.Events.Select(change => keys.NameOf(change.Kv.Key)));
        Assert.All(answer.Events, change => Assert.Equal(last + 1, change.Kv.ModRevision));
        Assert.Equal(-1, (await etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = id })).TTL);
        Assert.Empty((await etcd.LeaseLeases()).Leases);
        Assert.Equal("stays", keys.NamesOf((await etcd.Range(GetAll(keys))).Kvs));
    }

    [Theory, OnEach]
    public async Task ALeaseKeptAliveDoesNotExpire(ServerKind kind)
    {
        var etcd = await Here(kind);
        var keys = new Keyspace();
        var id = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 2 })).ID;
        var other = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 4 })).ID;
        await etcd.Put(Put(keys["kept"], "x", id));
        await etcd.Put(Put(keys["clock"], "x", other));
        await using var watch = etcd.Watch();
        await watch.WriteAsync(WatchAll(keys));
        await watch.Next();
        var gone = watch.Next();

        // The other lease is the clock: when it has expired, the kept one has outlived its own time twice.
        while (await Task.WhenAny(gone, Task.Delay(500)) != gone)
        {
            await KeepAlive(etcd, id);
        }
        Assert.Equal("clock", keys.NameOf(Assert.Single((await gone).Events).Kv.Key));
    }

    [Theory, OnEach]
    public async Task ALeaseWithItsKeysSurvivesARestart(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Given, "needs a server of its own");
        var folder = Directory.CreateTempSubdirectory("etcdsharp-test-");
        var options = new ServerOptions(DataDirectory: folder.FullName);
        var keys = new Keyspace();
        long id;
        await using (var first = await EtcdServer.StartAsync(kind, options))
        {
            id = (await first.Endpoint.LeaseGrant(new LeaseGrantRequest { TTL = 100 })).ID;
            await first.Endpoint.Put(Put(keys["a"], "x", id));
            await first.StopAsync();
        }
        await using (var second = await EtcdServer.StartAsync(kind, options))
        {
            var left = await second.Endpoint.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = id, Keys = true });
            Assert.Equal(100, left.GrantedTTL);
            Assert.Equal([keys["a"]], left.Keys);
            await second.Endpoint.LeaseRevoke(new LeaseRevokeRequest { ID = id });
            Assert.Empty((await second.Endpoint.Range(GetAll(keys))).Kvs);
        }
        folder.Delete(recursive: true);
    }
}
