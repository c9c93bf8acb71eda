using System.Globalization;
using EtcdSharp.Api.V3Lockpb;

namespace EtcdSharp.Conformance.Recipes;

/// <summary>The lock service: keys below <c>name/</c>, named by the lease, of which the oldest holds the lock.</summary>
public sealed class LockCases(Servers servers)
{
    private async Task<(EtcdEndpoint Etcd, Keyspace Keys)> Here(ServerKind kind) =>
        ((await servers.Shared(kind)).Endpoint, new Keyspace());

    private static Task<LockResponse> Lock(
        EtcdEndpoint etcd,
        ByteString name,
        long lease,
        CancellationToken cancellation = default
    ) => etcd.Call<LockResponse>("/v3lockpb.Lock/Lock", new LockRequest { Name = name, Lease = lease }, cancellation);

    private static Task<UnlockResponse> Unlock(EtcdEndpoint etcd, ByteString key) =>
        etcd.Call<UnlockResponse>("/v3lockpb.Lock/Unlock", new UnlockRequest { Key = key });

    private static async Task<long> Lease(EtcdEndpoint etcd, long id = 0) =>
        (await etcd.LeaseGrant(new LeaseGrantRequest { ID = id, TTL = 600 })).ID;

    private static async Task WaitForKeys(EtcdEndpoint etcd, Keyspace keys, int count)
    {
        var limit = DateTime.UtcNow + TimeSpan.FromSeconds(10);
        while ((await etcd.Range(GetAll(keys))).Kvs.Count != count)
        {
            Assert.True(DateTime.UtcNow < limit, $"there never were {count} keys");
            await Task.Delay(10);
        }
    }

    [Theory, OnEach]
    public async Task ALockIsAKeyNamedByItsLease(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var lease = await Lease(etcd);
        var held = await Lock(etcd, keys["door"], lease);
        Assert.Equal($"door/{lease:x}", keys.NameOf(held.Key));
        var kv = Assert.Single((await etcd.Range(GetAll(keys))).Kvs);
        Assert.Equal((held.Key, ByteString.Empty, lease, 1L), (kv.Key, kv.Value, kv.Lease, kv.Version));
        Assert.Equal(kv.CreateRevision, held.Header.Revision);
        Assert.NotEqual(0UL, held.Header.ClusterId);
        Assert.NotEqual(0UL, held.Header.MemberId);
        Assert.NotEqual(0UL, held.Header.RaftTerm);
    }

    [Theory, OnEach]
    public async Task ANegativeLeaseIsWrittenWithItsSign(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var lease = await Lease(etcd, -Random.Shared.NextInt64(1L << 40, 1L << 60));
        var held = await Lock(etcd, keys["door"], lease);
        Assert.Equal($"door/-{-lease:x}", keys.NameOf(held.Key));
    }

    [Theory, OnEach]
    public async Task WithoutALeaseOneOfAMinuteIsGranted(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var held = await Lock(etcd, keys["door"], 0);
        var lease = long.Parse(keys.NameOf(held.Key)["door/".Length..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal(lease, Assert.Single((await etcd.Range(GetAll(keys))).Kvs).Lease);
        Assert.Equal(60, (await etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = lease })).GrantedTTL);
    }

    [Theory, OnEach]
    public async Task AnEmptyNameLocksBelowTheSlash(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var lease = await Lease(server.Endpoint);
        Assert.Equal($"/{lease:x}", (await Lock(server.Endpoint, ByteString.Empty, lease)).Key.ToStringUtf8());
    }

    [Theory, OnEach]
    public async Task WhoHoldsItGetsItAgainAtOnce(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var lease = await Lease(etcd);
        var first = await Lock(etcd, keys["door"], lease);
        var again = await Lock(etcd, keys["door"], lease);
        Assert.Equal(first.Key, again.Key);
        Assert.Equal(1, Assert.Single((await etcd.Range(GetAll(keys))).Kvs).Version);
    }

    [Theory]
    [OnEach("unlock")]
    [OnEach("delete")]
    [OnEach("revoke")]
    public async Task TheNextGetsItWhenTheFirstIsGone(ServerKind kind, string how)
    {
        var (etcd, keys) = await Here(kind);
        var (first, second) = (await Lease(etcd), await Lease(etcd));
        var held = await Lock(etcd, keys["door"], first);
        var waiting = Lock(etcd, keys["door"], second);
        await WaitForKeys(etcd, keys, 2);
        Assert.False(waiting.IsCompleted);
        var gone = how switch
        {
            "unlock" => (await Unlock(etcd, held.Key)).Header.Revision,
            "delete" => (await etcd.DeleteRange(Delete(held.Key))).Header.Revision,
            _ => (await etcd.LeaseRevoke(new LeaseRevokeRequest { ID = first })).Header.Revision,
        };
        var next = await waiting;
        Assert.Equal($"door/{second:x}", keys.NameOf(next.Key));
        Assert.True(next.Header.Revision >= gone);
    }

    [Theory, OnEach]
    public async Task TheyGetItInTheOrderInWhichTheyCame(ServerKind kind)
    {
        const int clients = 5;
        var (etcd, keys) = await Here(kind);
        List<Task<LockResponse>> locks = [];
        for (var i = 0; i < clients; i++)
        {
            locks.Add(Lock(etcd, keys["door"], await Lease(etcd)));
            await WaitForKeys(etcd, keys, i + 1);
        }
        for (var i = 0; i < clients; i++)
        {
            var held = await locks[i];
            Assert.All(locks.Skip(i + 1), later => Assert.False(later.IsCompleted));
            await Unlock(etcd, held.Key);
        }
    }

    // A name that begins with another one and a slash is below it: the keys of both are in one queue.
    [Theory, OnEach]
    public async Task ALockBelowALockComesFirst(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var below = await Lock(etcd, keys["door/handle"], await Lease(etcd));
        var waiting = Lock(etcd, keys["door"], await Lease(etcd));
        await WaitForKeys(etcd, keys, 2);
        Assert.False(waiting.IsCompleted);
        await Unlock(etcd, below.Key);
        await waiting;
    }

    [Theory, OnEach]
    public async Task WhoLosesItsLeaseWhileItWaitsIsTold(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var (first, second) = (await Lease(etcd), await Lease(etcd));
        var held = await Lock(etcd, keys["door"], first);
        var waiting = Lock(etcd, keys["door"], second);
        await WaitForKeys(etcd, keys, 2);
        await etcd.LeaseRevoke(new LeaseRevokeRequest { ID = second });
        await Unlock(etcd, held.Key);
        await Refused(GrpcCode.Unknown, "mutex: session is expired", waiting);
    }

    [Theory, OnEach]
    public async Task WhoGoesAwayLeavesTheQueue(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var held = await Lock(etcd, keys["door"], await Lease(etcd));
        using var patience = new CancellationTokenSource();
        var waiting = Lock(etcd, keys["door"], await Lease(etcd), patience.Token);
        await WaitForKeys(etcd, keys, 2);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await WaitForKeys(etcd, keys, 1);
        Assert.Equal(held.Key, Assert.Single((await etcd.Range(GetAll(keys))).Kvs).Key);
    }

    [Theory, OnEach]
    public async Task ACompactionDoesNotDisturbTheQueue(ServerKind kind)
    {
        Assert.SkipWhen(kind == ServerKind.Real, "etcd refuses a waiter whose watch a compaction has overtaken");
        await using var server = await Servers.Fresh(kind);
        var (etcd, keys) = (server.Endpoint, new Keyspace());
        var held = await Lock(etcd, keys["door"], await Lease(etcd));
        var waiting = Lock(etcd, keys["door"], await Lease(etcd));
        await WaitForKeys(etcd, keys, 2);
        var now = await etcd.Fill(keys, "other", "other");
        await etcd.Compact(new CompactionRequest { Revision = now, Physical = true });
        await Unlock(etcd, held.Key);
        await waiting;
    }

    [Theory, OnEach]
    public async Task AnUnknownLease(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await Refused(GrpcCode.Unknown, "etcdserver: requested lease not found", Lock(etcd, keys["door"], 123_456_789));
        Assert.Empty((await etcd.Range(GetAll(keys))).Kvs);
    }

    [Theory, OnEach]
    public async Task UnlockingDeletesWhateverKey(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var (etcd, keys) = (server.Endpoint, new Keyspace());
        var now = await etcd.Fill(keys, "a");
        Assert.Equal(now + 1, (await Unlock(etcd, keys["a"])).Header.Revision);
        Assert.Equal(now + 1, (await Unlock(etcd, keys["a"])).Header.Revision);
        Assert.Empty((await etcd.Range(GetAll(keys))).Kvs);
    }

    [Theory, OnEach]
    public async Task UnlockingWithoutAKey(ServerKind kind)
    {
        var (etcd, _) = await Here(kind);
        await Refused(GrpcCode.Unknown, "etcdserver: key is not provided", Unlock(etcd, ByteString.Empty));
    }
}
