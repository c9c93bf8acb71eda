using EtcdSharp.Api.V3Electionpb;

namespace EtcdSharp.Conformance.Recipes;

/// <summary>The election service: as locks, with a value that the leader may change.</summary>
public sealed class ElectionCases(Servers servers)
{
    private const string NoLeader = "election: no leader";
    private const string NotLeader = "election: not leader";
    private const string NoLeaderKey = "\"leader\" field must be provided";

    private async Task<(EtcdEndpoint Etcd, Keyspace Keys)> Here(ServerKind kind) =>
        ((await servers.Shared(kind)).Endpoint, new Keyspace());

    private static Task<CampaignResponse> Campaign(
        EtcdEndpoint etcd,
        ByteString name,
        long lease,
        string value,
        CancellationToken cancellation = default
    ) =>
        etcd.Call<CampaignResponse>(
            "/v3electionpb.Election/Campaign",
            new CampaignRequest
            {
                Name = name,
                Lease = lease,
                Value = Utf8(value),
            },
            cancellation
        );

    private static Task<ProclaimResponse> Proclaim(EtcdEndpoint etcd, LeaderKey? leader, string value) =>
        etcd.Call<ProclaimResponse>(
            "/v3electionpb.Election/Proclaim",
            new ProclaimRequest { Leader = leader, Value = Utf8(value) }
        );

    private static Task<ResignResponse> Resign(EtcdEndpoint etcd, LeaderKey? leader) =>
        etcd.Call<ResignResponse>("/v3electionpb.Election/Resign", new ResignRequest { Leader = leader });

    private static Task<LeaderResponse> Leader(EtcdEndpoint etcd, ByteString name) =>
        etcd.Call<LeaderResponse>("/v3electionpb.Election/Leader", new LeaderRequest { Name = name });

    private static async Task<DuplexCall<LeaderRequest, LeaderResponse>> Observe(EtcdEndpoint etcd, ByteString name)
    {
        var observing = etcd.Duplex<LeaderRequest, LeaderResponse>("/v3electionpb.Election/Observe");
        await observing.WriteAsync(new LeaderRequest { Name = name });
        observing.CompleteWriting();
        return observing;
    }

    private static async Task<string> Next(DuplexCall<LeaderRequest, LeaderResponse> observing)
    {
        var next = await observing.ReadAsync();
        Assert.NotNull(next);
        Assert.True(next.Header.Revision >= next.Kv.ModRevision);
        return next.Kv.Value.ToStringUtf8();
    }

    private static async Task<long> Lease(EtcdEndpoint etcd) => (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;

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
    public async Task ALeaderIsAKeyWithAValue(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var lease = await Lease(etcd);
        var won = await Campaign(etcd, keys["post"], lease, "me");
        Assert.Equal(keys["post"], won.Leader.Name);
        Assert.Equal($"post/{lease:x}", keys.NameOf(won.Leader.Key));
        Assert.Equal((won.Header.Revision, lease), (won.Leader.Rev, won.Leader.Lease));
        var kv = Assert.Single((await etcd.Range(GetAll(keys))).Kvs);
        Assert.Equal("me", kv.Value.ToStringUtf8());
        Assert.Equal((lease, won.Leader.Rev), (kv.Lease, kv.CreateRevision));
        Assert.Equal(kv, (await Leader(etcd, keys["post"])).Kv);
    }

    [Theory, OnEach]
    public async Task WithoutALeaseOneOfAMinuteIsGranted(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var won = await Campaign(etcd, keys["post"], 0, "me");
        Assert.NotEqual(0, won.Leader.Lease);
        Assert.Equal(60, (await etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = won.Leader.Lease })).GrantedTTL);
    }

    [Theory]
    [OnEach("me", 1L)]
    [OnEach("changed", 2L)]
    public async Task WhoLeadsAlreadyMayCampaignAgain(ServerKind kind, string value, long version)
    {
        var (etcd, keys) = await Here(kind);
        var lease = await Lease(etcd);
        var first = await Campaign(etcd, keys["post"], lease, "me");
        var again = await Campaign(etcd, keys["post"], lease, value);
        Assert.Equal(first.Leader, again.Leader);
        var kv = Assert.Single((await etcd.Range(GetAll(keys))).Kvs);
        Assert.Equal((value, version), (kv.Value.ToStringUtf8(), kv.Version));
    }

    [Theory]
    [OnEach("resign")]
    [OnEach("revoke")]
    public async Task TheNextLeadsWhenTheFirstIsGone(ServerKind kind, string how)
    {
        var (etcd, keys) = await Here(kind);
        var first = await Campaign(etcd, keys["post"], await Lease(etcd), "first");
        var waiting = Campaign(etcd, keys["post"], await Lease(etcd), "second");
        await WaitForKeys(etcd, keys, 2);
        Assert.False(waiting.IsCompleted);
        Assert.Equal("first", (await Leader(etcd, keys["post"])).Kv.Value.ToStringUtf8());
        if (how == "resign")
        {
            Assert.True((await Resign(etcd, first.Leader)).Header.Revision > first.Leader.Rev);
        }
        else
        {
            await etcd.LeaseRevoke(new LeaseRevokeRequest { ID = first.Leader.Lease });
        }
        var second = await waiting;
        Assert.Equal(second.Header.Revision, second.Leader.Rev);
        Assert.Equal("second", (await Leader(etcd, keys["post"])).Kv.Value.ToStringUtf8());
    }

    [Theory, OnEach]
    public async Task WhoGoesAwayDoesNotLeadLater(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await Campaign(etcd, keys["post"], await Lease(etcd), "first");
        using var patience = new CancellationTokenSource();
        var waiting = Campaign(etcd, keys["post"], await Lease(etcd), "second", patience.Token);
        await WaitForKeys(etcd, keys, 2);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await WaitForKeys(etcd, keys, 1);
    }

    [Theory, OnEach]
    public async Task WithoutALeaderThereIsNone(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await Refused(GrpcCode.Unknown, NoLeader, Leader(etcd, keys["post"]));
    }

    [Theory, OnEach]
    public async Task AProclamationChangesTheValueOfTheKey(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var won = await Campaign(etcd, keys["post"], await Lease(etcd), "old");
        var told = await Proclaim(etcd, won.Leader, "new");
        Assert.Equal(won.Leader.Rev + 1, told.Header.Revision);
        var kv = (await Leader(etcd, keys["post"])).Kv;
        Assert.Equal(("new", told.Header.Revision, won.Leader.Lease), (kv.Value.ToStringUtf8(), kv.ModRevision, kv.Lease));
    }

    [Theory]
    [OnEach("another revision")]
    [OnEach("another key")]
    public async Task OnlyTheLeaderProclaims(ServerKind kind, string what)
    {
        var (etcd, keys) = await Here(kind);
        var leader = (await Campaign(etcd, keys["post"], await Lease(etcd), "me")).Leader;
        if (what == "another key")
        {
            leader.Key = keys["other"];
        }
        else
        {
            leader.Rev++;
        }
        await Refused(GrpcCode.Unknown, NotLeader, Proclaim(etcd, leader, "new"));
        Assert.Equal("me", (await Leader(etcd, keys["post"])).Kv.Value.ToStringUtf8());
    }

    [Theory, OnEach]
    public async Task AProclamationWithoutALeaseGetsANewOne(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var leader = (await Campaign(etcd, keys["post"], await Lease(etcd), "me")).Leader;
        var before = leader.Lease;
        leader.Lease = 0;
        await Proclaim(etcd, leader, "new");
        var kv = (await Leader(etcd, keys["post"])).Kv;
        Assert.DoesNotContain(kv.Lease, new[] { 0, before });
    }

    [Theory, OnEach]
    public async Task WhatDoesNotLeadResignsInVain(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var leader = (await Campaign(etcd, keys["post"], await Lease(etcd), "me")).Leader;
        var wrong = leader.Clone();
        wrong.Rev++;
        Assert.True((await Resign(etcd, wrong)).Header.Revision >= leader.Rev);
        Assert.Equal("me", (await Leader(etcd, keys["post"])).Kv.Value.ToStringUtf8());
        await Resign(etcd, leader);
        await Resign(etcd, leader);
        await Refused(GrpcCode.Unknown, NoLeader, Leader(etcd, keys["post"]));
    }

    [Theory, OnEach]
    public async Task TheLeaderMustBeNamed(ServerKind kind)
    {
        var (etcd, _) = await Here(kind);
        await Refused(GrpcCode.Unknown, NoLeaderKey, Proclaim(etcd, null, "x"));
        await Refused(GrpcCode.Unknown, NoLeaderKey, Resign(etcd, null));
        await Refused(GrpcCode.Unknown, "etcdserver: key is not provided", Proclaim(etcd, new LeaderKey(), "x"));
        await Refused(GrpcCode.Unknown, "etcdserver: key is not provided", Resign(etcd, new LeaderKey()));
    }

    [Theory, OnEach]
    public async Task AnUnknownLease(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await Refused(GrpcCode.Unknown, "etcdserver: requested lease not found", Campaign(etcd, keys["post"], 123_456_789, "me"));
    }

    [Theory, OnEach]
    public async Task AValueThatIsTooLarge(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        var lease = await Lease(etcd);
        await Refused(
            GrpcCode.Unknown,
            "etcdserver: request is too large",
            Campaign(etcd, keys["post"], lease, new string('x', 1_600_000))
        );
    }

    [Theory, OnEach]
    public async Task AnObserverHearsOfEveryLeaderAndItsWords(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var observing = await Observe(etcd, keys["post"]);
        var first = (await Campaign(etcd, keys["post"], await Lease(etcd), "first")).Leader;
        Assert.Equal("first", await Next(observing));
        await Proclaim(etcd, first, "first again");
        Assert.Equal("first again", await Next(observing));
        var second = Campaign(etcd, keys["post"], await Lease(etcd), "second");
        await WaitForKeys(etcd, keys, 2);
        await Resign(etcd, first);
        Assert.Equal("second", await Next(observing));
        await Proclaim(etcd, (await second).Leader, "second again");
        Assert.Equal("second again", await Next(observing));
    }

    [Theory, OnEach]
    public async Task AnObserverHearsOfTheLeaderThatIsThere(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await Campaign(etcd, keys["post"], await Lease(etcd), "me");
        await using var observing = await Observe(etcd, keys["post"]);
        Assert.Equal("me", await Next(observing));
    }

    [Theory, OnEach]
    public async Task WhoWaitsForAnElectionHearsOfTheFirst(ServerKind kind)
    {
        var (etcd, keys) = await Here(kind);
        await using var observing = await Observe(etcd, keys["post"]);
        var nobody = await Assert.ThrowsAsync<GrpcFailure>(() => Leader(etcd, keys["post"]));
        Assert.Equal(NoLeader, nobody.Detail);
        await Campaign(etcd, keys["post"], await Lease(etcd), "me");
        Assert.Equal("me", await Next(observing));
    }
}
