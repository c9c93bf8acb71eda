namespace EtcdSharp.Conformance.Kv;

public sealed class PutCases(Servers servers)
{
    private async Task<(EtcdEndpoint Etcd, Keyspace Keys)> Here(ServerKind kind) =>
        ((await servers.Shared(kind)).Endpoint, new Keyspace());

    private async Task<KeyValue> Only(EtcdEndpoint etcd, ByteString key) => Assert.Single((await etcd.Range(Get(key))).Kvs);

    [Theory, OnEach]
    public async Task EachPutTakesTheNextRevision(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        for (var expected = 2; expected < 7; expected++)
        {
            Assert.Equal(expected, (await server.Endpoint.Put(Put(Utf8("a"), "x"))).Header.Revision);
        }
    }

    [Theory, OnEach]
    public async Task AnEmptyStoreIsAtRevisionOne(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        Assert.Equal(1, (await server.Endpoint.Range(Get(Utf8("a")))).Header.Revision);
    }

    [Theory, OnEach]
    public async Task WithoutPrevKvTheAnswerIsBare(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await etcd.Fill(keys, "a");
        Assert.Null((await etcd.Put(Put(keys["a"], "x"))).PrevKv);
    }

    [Theory, OnEach]
    public async Task PrevKvIsTheStateBefore(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await etcd.Fill(keys, "a");
        var before = await Only(etcd, keys["a"]);
        var answer = await etcd.Put(
            new PutRequest
            {
                Key = keys["a"],
                Value = Utf8("new"),
                PrevKv = true,
            }
        );
        Assert.Equal(before, answer.PrevKv);
    }

    [Theory, OnEach]
    public async Task PrevKvOfANewKeyIsAbsent(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        Assert.Null((await etcd.Put(new PutRequest { Key = keys["a"], PrevKv = true })).PrevKv);
    }

    [Theory, OnEach]
    public async Task PrevKvOfADeletedKeyIsAbsent(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await etcd.Fill(keys, "a");
        await etcd.DeleteRange(Delete(keys["a"]));
        Assert.Null((await etcd.Put(new PutRequest { Key = keys["a"], PrevKv = true })).PrevKv);
    }

    [Theory, OnEach]
    public async Task IgnoreValueKeepsTheValue(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await etcd.Put(Put(keys["a"], "kept"));
        await etcd.Put(new PutRequest { Key = keys["a"], IgnoreValue = true });
        var kv = await Only(etcd, keys["a"]);
        Assert.Equal("kept", kv.Value.ToStringUtf8());
        Assert.Equal(2, kv.Version);
    }

    [Theory, OnEach]
    public async Task IgnoreValueDropsTheLeaseUnlessToldOtherwise(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await etcd.Put(Put(keys["a"], "kept", lease));
        await etcd.Put(new PutRequest { Key = keys["a"], IgnoreValue = true });
        Assert.Equal(0, (await Only(etcd, keys["a"])).Lease);
    }

    [Theory, OnEach]
    public async Task IgnoreLeaseKeepsTheLease(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await etcd.Put(Put(keys["a"], "old", lease));
        await etcd.Put(
            new PutRequest
            {
                Key = keys["a"],
                Value = Utf8("new"),
                IgnoreLease = true,
            }
        );
        var kv = await Only(etcd, keys["a"]);
        Assert.Equal("new", kv.Value.ToStringUtf8());
        Assert.Equal(lease, kv.Lease);
    }

    [Theory, OnEach]
    public async Task BothIgnoresOnlyCountTheVersionUp(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await etcd.Put(Put(keys["a"], "kept", lease));
        await etcd.Put(
            new PutRequest
            {
                Key = keys["a"],
                IgnoreValue = true,
                IgnoreLease = true,
            }
        );
        var kv = await Only(etcd, keys["a"]);
        Assert.Equal("kept", kv.Value.ToStringUtf8());
        Assert.Equal(lease, kv.Lease);
        Assert.Equal(2, kv.Version);
    }

    [Theory]
    [OnEach(true, false)]
    [OnEach(false, true)]
    [OnEach(true, true)]
    public async Task IgnoringNeedsAKeyThatIsThere(ServerKind kind, bool value, bool lease)
    {
        var (etcd, keys) = await Here(kind);
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: key not found",
            etcd.Put(
                new PutRequest
                {
                    Key = keys["a"],
                    IgnoreValue = value,
                    IgnoreLease = lease,
                }
            )
        );
    }

    [Theory, OnEach]
    public async Task IgnoreValueWithAValueIsRefused(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await etcd.Fill(keys, "a");
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: value is provided",
            etcd.Put(
                new PutRequest
                {
                    Key = keys["a"],
                    Value = Utf8("x"),
                    IgnoreValue = true,
                }
            )
        );
    }

    [Theory, OnEach]
    public async Task IgnoreLeaseWithALeaseIsRefused(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await etcd.Fill(keys, "a");
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: lease is provided",
            etcd.Put(
                new PutRequest
                {
                    Key = keys["a"],
                    Lease = 5,
                    IgnoreLease = true,
                }
            )
        );
    }

    [Theory]
    [OnEach(4242424242L)]
    [OnEach(-4242424242L)]
    public async Task AnUnknownLeaseIsRefusedAndNothingWritten(ServerKind kind, long lease)
    {
        var (etcd, keys) = await Here(kind);
        await Refused(GrpcCode.NotFound, "etcdserver: requested lease not found", etcd.Put(Put(keys["a"], "x", lease)));
        Assert.Empty((await etcd.Range(Get(keys["a"]))).Kvs);
    }

    [Theory, OnEach]
    public async Task ANewLeaseTakesTheKeyFromTheOldOne(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var first = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        var second = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await etcd.Put(Put(keys["a"], "x", first));
        await etcd.Put(Put(keys["a"], "x", second));
        Assert.Empty((await etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = first, Keys = true })).Keys);
        Assert.Equal([keys["a"]], (await etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = second, Keys = true })).Keys);
        await etcd.LeaseRevoke(new LeaseRevokeRequest { ID = first });
        Assert.Equal(second, (await Only(etcd, keys["a"])).Lease);
    }

    [Theory, OnEach]
    public async Task APutWithoutALeaseFreesTheKey(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await etcd.Put(Put(keys["a"], "x", lease));
        await etcd.Put(Put(keys["a"], "y"));
        await etcd.LeaseRevoke(new LeaseRevokeRequest { ID = lease });
        Assert.Equal("y", (await Only(etcd, keys["a"])).Value.ToStringUtf8());
    }

    [Theory, OnEach]
    public async Task AnEmptyKeyIsRefused(ServerKind kind)
    {
        var (etcd, _) = await Here(kind);
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: key is not provided",
            etcd.Put(new PutRequest { Value = Utf8("x") })
        );
    }

    [Theory, OnEach]
    public async Task AValueOfAMegabyteIsTaken(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var value = ByteString.CopyFrom(new byte[1024 * 1024]);
        await etcd.Put(new PutRequest { Key = keys["a"], Value = value });
        Assert.Equal(value, (await Only(etcd, keys["a"])).Value);
    }

    [Theory, OnEach]
    public async Task AKeyOfAHundredKilobytesIsTaken(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var key = keys[new string('k', 100_000)];
        await etcd.Put(Put(key, "x"));
        Assert.Equal(key, (await Only(etcd, key)).Key);
    }

    // 1.5 MiB is the default of --max-request-bytes; the limit is on the whole request as it goes into the log.
    [Theory]
    [OnEach(1_572_864)]
    [OnEach(2_000_000)]
    public async Task ARequestAboveTheLimitIsRefused(ServerKind kind, int size)
    {
        var (etcd, keys) = await Here(kind);
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: request is too large",
            etcd.Put(new PutRequest { Key = keys["a"], Value = ByteString.CopyFrom(new byte[size]) })
        );
    }

    [Theory, OnEach]
    public async Task ManyClientsAtOnceEachGetARevisionOfTheirOwn(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => etcd.Put(Put(keys[$"{i}"], $"{i}"))));
        Assert.Equal(100, answers.Select(answer => answer.Header.Revision).Distinct().Count());
        var got = await etcd.Range(GetAll(keys));
        Assert.Equal(answers.Select(answer => answer.Header.Revision).Order(), got.Kvs.Select(kv => kv.ModRevision).Order());
    }
}
