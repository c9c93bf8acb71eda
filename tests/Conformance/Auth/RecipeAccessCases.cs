using EtcdSharp.Api.V3Electionpb;
using EtcdSharp.Api.V3Lockpb;
using static EtcdSharp.Conformance.Auth.AuthCalls;

namespace EtcdSharp.Conformance.Auth;

/// <summary>Locks and elections are made of requests about keys, which the user of the call must be allowed to make.</summary>
public sealed class RecipeAccessCases(AuthMembers members) : IClassFixture<AuthMembers>
{
    private static readonly ByteString s_mine = Utf8("mine");
    private static readonly ByteString s_other = Utf8("other");

    private static async Task<long> Lease(EtcdEndpoint etcd) => (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;

    private static Task<LockResponse> Lock(EtcdEndpoint etcd, ByteString name, long lease) =>
        etcd.Call<LockResponse>("/v3lockpb.Lock/Lock", new LockRequest { Name = name, Lease = lease });

    private static Task<UnlockResponse> Unlock(EtcdEndpoint etcd, ByteString key) =>
        etcd.Call<UnlockResponse>("/v3lockpb.Lock/Unlock", new UnlockRequest { Key = key });

    private static Task<CampaignResponse> Campaign(EtcdEndpoint etcd, ByteString name, long lease) =>
        etcd.Call<CampaignResponse>(
            "/v3electionpb.Election/Campaign",
            new CampaignRequest
            {
                Name = name,
                Lease = lease,
                Value = Utf8("me"),
            }
        );

    private static Task<ProclaimResponse> Proclaim(EtcdEndpoint etcd, LeaderKey leader) =>
        etcd.Call<ProclaimResponse>(
            "/v3electionpb.Election/Proclaim",
            new ProclaimRequest { Leader = leader, Value = Utf8("still me") }
        );

    private static Task<ResignResponse> Resign(EtcdEndpoint etcd, LeaderKey leader) =>
        etcd.Call<ResignResponse>("/v3electionpb.Election/Resign", new ResignRequest { Leader = leader });

    private static Task<LeaderResponse> Leader(EtcdEndpoint etcd, ByteString name) =>
        etcd.Call<LeaderResponse>("/v3electionpb.Election/Leader", new LeaderRequest { Name = name });

    private static async Task<LeaderResponse?> Observe(EtcdEndpoint etcd, ByteString name)
    {
        await using var observing = etcd.Duplex<LeaderRequest, LeaderResponse>("/v3electionpb.Election/Observe");
        await observing.WriteAsync(new LeaderRequest { Name = name });
        observing.CompleteWriting();
        return await observing.ReadAsync(TimeSpan.FromSeconds(5));
    }

    private static Task<EtcdEndpoint> Ann(AuthMember member) => member.User("ann", Allow.ReadWrite("mine/..mine0"));

    private static Task NotGiven(string detail, Task call) => Refused(GrpcCode.Unknown, detail, call);

    [Theory, OnEach]
    public async Task ALockNeedsAUserWhoMay(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        var lease = await Lease(ann);
        await NotGiven(NoUser, Lock(member.Nobody, s_mine, lease));
        await NotGiven(InvalidToken, Lock(member.Pretender, s_mine, lease));
        await NotGiven(NotPermitted, Lock(ann, s_other, lease));
        Assert.Empty((await member.Root.Range(Allow.Get("other/..other0"))).Kvs);
        var held = await Lock(ann, s_mine, lease);
        await NotGiven(NoUser, Unlock(member.Nobody, held.Key));
        await NotGiven(InvalidToken, Unlock(member.Pretender, held.Key));
        var others = await Lock(member.Root, s_other, await Lease(member.Root));
        await NotGiven(NotPermitted, Unlock(ann, others.Key));
        await Unlock(ann, held.Key);
        await Unlock(member.Root, others.Key);
    }

    [Theory, OnEach]
    public async Task ALockWithoutALeaseNeedsAUser(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        await NotGiven(NoUser, Lock(member.Nobody, s_mine, 0));
        await NotGiven(InvalidToken, Lock(member.Pretender, s_mine, 0));
        await Unlock(ann, (await Lock(ann, s_mine, 0)).Key);
    }

    [Theory, OnEach]
    public async Task ALockIsWaitedFor(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        var held = await Lock(member.Root, s_mine, await Lease(member.Root));
        var waiting = Lock(ann, s_mine, await Lease(ann));
        var limit = DateTime.UtcNow + TimeSpan.FromSeconds(10);
        while ((await ann.Range(Allow.Get("mine/..mine0"))).Kvs.Count < 2)
        {
            Assert.True(DateTime.UtcNow < limit, "the second one never came");
            await Task.Delay(10);
        }
        await Unlock(member.Root, held.Key);
        await Unlock(ann, (await waiting).Key);
    }

    [Theory, OnEach]
    public async Task AnElectionNeedsAUserWhoMay(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        var lease = await Lease(ann);
        await NotGiven(NoUser, Campaign(member.Nobody, s_mine, lease));
        await NotGiven(InvalidToken, Campaign(member.Pretender, s_mine, lease));
        await NotGiven(NotPermitted, Campaign(ann, s_other, lease));
        var leader = (await Campaign(ann, s_mine, lease)).Leader;
        var other = (await Campaign(member.Root, s_other, await Lease(member.Root))).Leader;
        await NotGiven(NoUser, Proclaim(member.Nobody, leader));
        await NotGiven(InvalidToken, Proclaim(member.Pretender, leader));
        await NotGiven(NotPermitted, Proclaim(ann, other));
        await Proclaim(ann, leader);
        await NotGiven(NoUser, Leader(member.Nobody, s_mine));
        await NotGiven(InvalidToken, Leader(member.Pretender, s_mine));
        await NotGiven(NotPermitted, Leader(ann, s_other));
        Assert.Equal("still me", (await Leader(ann, s_mine)).Kv.Value.ToStringUtf8());
        await NotGiven(NoUser, Resign(member.Nobody, leader));
        await NotGiven(NotPermitted, Resign(ann, other));
        await Resign(ann, leader);
        await Resign(member.Root, other);
    }

    // Who may not observe hears nothing, and not why either: the stream ends well.
    [Theory, OnEach]
    public async Task ObservingNeedsAUserWhoMay(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await Ann(member);
        await Campaign(ann, s_mine, await Lease(ann));
        Assert.Equal("me", (await Observe(ann, s_mine))!.Kv.Value.ToStringUtf8());
        foreach (var (client, name) in new[] { (member.Nobody, s_mine), (member.Pretender, s_mine), (ann, s_other) })
        {
            Assert.Null(await Observe(client, name));
        }
    }
}
