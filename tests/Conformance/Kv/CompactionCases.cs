namespace EtcdSharp.Conformance.Kv;

/// <summary>Forgetting the past. Each case has a server of its own: others read old revisions of the shared one.</summary>
public sealed class CompactionCases
{
    private const string Compacted = "etcdserver: mvcc: required revision has been compacted";
    private const string Future = "etcdserver: mvcc: required revision is a future revision";

    private readonly Keyspace _keys = new();

    private async Task<(EtcdServer Server, EtcdEndpoint Etcd)> With(ServerKind kind, int puts)
    {
        var server = await Servers.Fresh(kind);
        for (var i = 0; i < puts; i++)
        {
            await server.Endpoint.Put(Put(_keys["a"], $"{i + 2}"));
        }
        return (server, server.Endpoint);
    }

    private RangeRequest At(long revision) => new() { Key = _keys["a"], Revision = revision };

    [Theory]
    [OnEach(false)]
    [OnEach(true)]
    public async Task RevisionsBelowAreGoneTheOneItselfStays(ServerKind kind, bool physical)
    {
        var (server, etcd) = await With(kind, 8);
        await using var _ = server;
        var answer = await etcd.Compact(new CompactionRequest { Revision = 5, Physical = physical });
        Assert.Equal(9, answer.Header.Revision);
        await Refused(GrpcCode.OutOfRange, Compacted, etcd.Range(At(4)));
        await Refused(GrpcCode.OutOfRange, Compacted, etcd.Range(At(1)));
        Assert.Equal("5", Assert.Single((await etcd.Range(At(5))).Kvs).Value.ToStringUtf8());
        Assert.Equal("9", Assert.Single((await etcd.Range(At(0))).Kvs).Value.ToStringUtf8());
    }

    [Theory, OnEach]
    public async Task TheSameRevisionAgainIsRefused(ServerKind kind)
    {
        var (server, etcd) = await With(kind, 8);
        await using var _ = server;
        await etcd.Compact(new CompactionRequest { Revision = 5, Physical = true });
        await Refused(GrpcCode.OutOfRange, Compacted, etcd.Compact(new CompactionRequest { Revision = 5 }));
        await Refused(GrpcCode.OutOfRange, Compacted, etcd.Compact(new CompactionRequest { Revision = 3 }));
        await etcd.Compact(new CompactionRequest { Revision = 6 });
    }

    [Theory]
    [OnEach(10)]
    [OnEach(long.MaxValue)]
    public async Task AFutureRevisionIsRefused(ServerKind kind, long revision)
    {
        var (server, etcd) = await With(kind, 8);
        await using var _ = server;
        await Refused(GrpcCode.OutOfRange, Future, etcd.Compact(new CompactionRequest { Revision = revision }));
    }

    [Theory]
    [OnEach(0)]
    [OnEach(-5)]
    public async Task NoRevisionOnAFreshStore(ServerKind kind, long revision)
    {
        var (server, etcd) = await With(kind, 3);
        await using var _ = server;
        if (revision == 0)
        {
            // Nothing was compacted before, so that compacting at 0 forgets nothing and is taken.
            await etcd.Compact(new CompactionRequest { Revision = 0 });
            Assert.Single((await etcd.Range(At(2))).Kvs);
            return;
        }
        await Refused(GrpcCode.OutOfRange, Compacted, etcd.Compact(new CompactionRequest { Revision = revision }));
    }

    [Theory, OnEach]
    public async Task TheCurrentRevisionMayBeCompacted(ServerKind kind)
    {
        var (server, etcd) = await With(kind, 8);
        await using var _ = server;
        await etcd.Compact(new CompactionRequest { Revision = 9, Physical = true });
        Assert.Equal("9", Assert.Single((await etcd.Range(At(9))).Kvs).Value.ToStringUtf8());
        await Refused(GrpcCode.OutOfRange, Compacted, etcd.Range(At(8)));
    }

    [Theory, OnEach]
    public async Task ItTakesNoRevision(ServerKind kind)
    {
        var (server, etcd) = await With(kind, 3);
        await using var _ = server;
        await etcd.Compact(new CompactionRequest { Revision = 3, Physical = true });
        Assert.Equal(5, (await etcd.Put(Put(_keys["a"], "x"))).Header.Revision);
    }

    [Theory, OnEach]
    public async Task VersionAndCreateRevisionSurvive(ServerKind kind)
    {
        var (server, etcd) = await With(kind, 8);
        await using var _ = server;
        await etcd.Compact(new CompactionRequest { Revision = 9, Physical = true });
        var kv = Assert.Single((await etcd.Range(At(0))).Kvs);
        Assert.Equal((2L, 9L, 8L), (kv.CreateRevision, kv.ModRevision, kv.Version));
        await etcd.Put(Put(_keys["a"], "x"));
        Assert.Equal(9, Assert.Single((await etcd.Range(At(0))).Kvs).Version);
    }

    [Theory, OnEach]
    public async Task ADeletedKeyIsGoneForGood(ServerKind kind)
    {
        var (server, etcd) = await With(kind, 2);
        await using var _ = server;
        var gone = (await etcd.DeleteRange(Delete(_keys["a"]))).Header.Revision;
        await etcd.Compact(new CompactionRequest { Revision = gone, Physical = true });
        Assert.Empty((await etcd.Range(At(gone))).Kvs);
        await etcd.Put(Put(_keys["a"], "x"));
        Assert.Equal(1, Assert.Single((await etcd.Range(At(0))).Kvs).Version);
    }

    [Theory, OnEach]
    public async Task AReadOfTheCompactedPastInsideATransactionRefusesIt(ServerKind kind)
    {
        var (server, etcd) = await With(kind, 8);
        await using var _ = server;
        await etcd.Compact(new CompactionRequest { Revision = 5 });
        await Refused(GrpcCode.OutOfRange, Compacted, etcd.Txn(Txn(Op(Put(_keys["b"], "x")), Op(At(4)))));
        Assert.Empty((await etcd.Range(Get(_keys["b"]))).Kvs);
    }

    [Theory, OnEach]
    public async Task HashKVSaysUpToWhereItWasCompacted(ServerKind kind)
    {
        var (server, etcd) = await With(kind, 8);
        await using var _ = server;
        Assert.Equal(-1, (await etcd.HashKV()).CompactRevision);
        await etcd.Compact(new CompactionRequest { Revision = 5, Physical = true });
        Assert.Equal(5, (await etcd.HashKV()).CompactRevision);
        await Refused(GrpcCode.OutOfRange, Compacted, etcd.HashKV(4));
        await Refused(GrpcCode.OutOfRange, Future, etcd.HashKV(100));
    }

    /// <summary>Who asks again for a compaction to be on the disk gets the answer when it is.</summary>
    [Theory, OnEach]
    public async Task ARefusedPhysicalCompactionWaitsForTheOneBefore(ServerKind kind)
    {
        // One revision every tenth of a second: the compaction takes more than a second.
        var prefix = kind == ServerKind.Real ? "--experimental-" : "--";
        await using var server = await Servers.Fresh(
            kind,
            prefix + "compaction-batch-limit=1",
            prefix + "compaction-sleep-interval=100ms"
        );
        var etcd = server.Endpoint;
        var last = await etcd.Fill(_keys, [.. Enumerable.Repeat("a", 15)]);
        await etcd.Compact(new CompactionRequest { Revision = last });
        await Refused(GrpcCode.OutOfRange, Compacted, etcd.Compact(new CompactionRequest { Revision = 5, Physical = true }));

        // A compaction that is through has left its hash; one that is not leaves a revision that is too old.
        await etcd.Fill(_keys, "b");
        await etcd.Compact(new CompactionRequest { Revision = last + 1 });
        Assert.Equal(last + 1, (await etcd.HashKV(last)).Header.Revision);
    }

    [Theory, OnEach]
    public async Task APeriodLaterTheHistoryIsGone(ServerKind kind)
    {
        await using var server = await Servers.Fresh(
            kind,
            "--auto-compaction-mode",
            "periodic",
            "--auto-compaction-retention",
            "1s"
        );
        var etcd = server.Endpoint;
        var last = await etcd.Fill(_keys, "a", "a", "a");
        for (var attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                await etcd.Range(new RangeRequest { Key = _keys["a"], Revision = 2 });
                await Task.Delay(100);
            }
            catch (GrpcFailure refused) when (refused.Detail == Compacted)
            {
                Assert.Equal(last, Assert.Single((await etcd.Range(Get(_keys["a"]))).Kvs).ModRevision);
                return;
            }
        }
        Assert.Fail("nothing was compacted in ten periods");
    }

    [Theory, OnEach]
    public async Task TheStoreIsAsCompactedAfterARestart(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Given, "needs a server of its own");
        var folder = Directory.CreateTempSubdirectory("etcdsharp-test-");
        var options = new ServerOptions(DataDirectory: folder.FullName);
        await using (var first = await EtcdServer.StartAsync(kind, options))
        {
            await first.Endpoint.Fill(_keys, "a", "a", "a", "b");
            await first.Endpoint.Compact(new CompactionRequest { Revision = 4, Physical = true });
            await first.StopAsync();
        }
        await using (var second = await EtcdServer.StartAsync(kind, options))
        {
            await Refused(GrpcCode.OutOfRange, Compacted, second.Endpoint.Range(At(3)));
            var got = await second.Endpoint.Range(GetAll(_keys));
            Assert.Equal("a b", _keys.NamesOf(got.Kvs));
            Assert.Equal(5, got.Header.Revision);
            Assert.Equal(3, got.Kvs[0].Version);
        }
        folder.Delete(recursive: true);
    }
}
