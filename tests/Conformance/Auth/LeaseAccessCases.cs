using static EtcdSharp.Conformance.Auth.AuthCalls;

namespace EtcdSharp.Conformance.Auth;

/// <summary>Leases belong to nobody; what a user may do with one follows from the keys that are attached to it.</summary>
public sealed class LeaseAccessCases(AuthMembers members) : IClassFixture<AuthMembers>
{
    private static readonly ByteString s_mine = Utf8("mine");
    private static readonly ByteString s_other = Utf8("other");

    private static async Task<long> Grant(EtcdEndpoint etcd) => (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;

    private static async Task<long> GrantWith(EtcdEndpoint etcd, params ByteString[] keys)
    {
        var lease = await Grant(etcd);
        foreach (var key in keys)
        {
            await etcd.Put(Put(key, "x", lease));
        }
        return lease;
    }

    private static Task Revoke(EtcdEndpoint etcd, long lease) => etcd.LeaseRevoke(new LeaseRevokeRequest { ID = lease });

    private static Task<LeaseTimeToLiveResponse> TimeToLive(EtcdEndpoint etcd, long lease, bool keys = false) =>
        etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = lease, Keys = keys });

    private static async Task<long> KeepAlive(EtcdEndpoint etcd, long lease)
    {
        await using var call = etcd.LeaseKeepAlive();
        await call.WriteAsync(new LeaseKeepAliveRequest { ID = lease });
        var answer = await call.ReadAsync() ?? throw new InvalidOperationException("the keepalive stream ended");
        return answer.TTL;
    }

    [Theory, OnEach]
    public async Task AnyUserIsGrantedALease(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann");
        await WithoutUser(Grant(member.Nobody));
        await BadToken(Grant(member.Pretender));
        Assert.NotEqual(0, await Grant(ann));
        Assert.NotEqual(0, await Grant(member.Root));
    }

    [Theory, OnEach]
    public async Task ALeaseWithoutKeysIsEverybodys(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann");
        var lease = await Grant(member.Root);
        Assert.Equal(600, await KeepAlive(ann, lease));
        Assert.Equal(600, (await TimeToLive(ann, lease, keys: true)).GrantedTTL);
        await WithoutUser(Revoke(member.Nobody, lease));
        await BadToken(Revoke(member.Pretender, lease));
        await WithoutUser(KeepAlive(member.Nobody, lease));
        await BadToken(KeepAlive(member.Pretender, lease));
        await Revoke(ann, lease);
        Assert.Equal(-1, (await TimeToLive(member.Root, lease)).TTL);
    }

    [Theory, OnEach]
    public async Task WhoMayWriteAllKeysRevokes(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Write("mine"), Allow.Read("other"));
        await Revoke(ann, await GrantWith(member.Root, s_mine));
        await Denied(Revoke(ann, await GrantWith(member.Root, s_mine, s_other)));
        await Denied(Revoke(ann, await GrantWith(member.Root, s_other)));
        Assert.Single((await member.Root.Range(Get(s_other))).Kvs);
        await Revoke(member.Root, await GrantWith(member.Root, s_mine, s_other));
    }

    [Theory, OnEach]
    public async Task WhoMayWriteAllKeysKeepsAlive(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Write("mine"), Allow.Read("other"));
        Assert.Equal(600, await KeepAlive(ann, await GrantWith(member.Root, s_mine)));
        await Denied(KeepAlive(ann, await GrantWith(member.Root, s_mine, s_other)));
        Assert.Equal(600, await KeepAlive(member.Root, await GrantWith(member.Root, s_other)));
    }

    [Theory, OnEach]
    public async Task OneDeniedLeaseEndsTheStream(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Write("mine"));
        var mine = await GrantWith(ann, s_mine);
        var other = await GrantWith(member.Root, s_other);
        await using var call = ann.LeaseKeepAlive();
        await call.WriteAsync(new LeaseKeepAliveRequest { ID = mine });
        Assert.Equal(mine, (await call.ReadAsync())!.ID);
        await call.WriteAsync(new LeaseKeepAliveRequest { ID = other });
        await Denied(call.ReadAsync());
    }

    [Theory, OnEach]
    public async Task AnOpenStreamLosesItsUser(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Write("mine"));
        var lease = await GrantWith(ann, s_mine);
        await using var call = ann.LeaseKeepAlive();
        await call.WriteAsync(new LeaseKeepAliveRequest { ID = lease });
        Assert.Equal(600, (await call.ReadAsync())!.TTL);
        await member.Root.UserDelete("ann");
        await call.WriteAsync(new LeaseKeepAliveRequest { ID = lease });
        await BadToken(call.ReadAsync());
    }

    [Theory, OnEach]
    public async Task WhoMayReadAllKeysSeesThem(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("mine"), Allow.Write("other"));
        var mine = await GrantWith(member.Root, s_mine);
        Assert.Equal([s_mine], (await TimeToLive(ann, mine, keys: true)).Keys);
        var both = await GrantWith(member.Root, s_mine, s_other);
        await Denied(TimeToLive(ann, both, keys: true));
        Assert.Equal(600, (await TimeToLive(ann, both)).GrantedTTL);
        Assert.Equal(2, (await TimeToLive(member.Root, both, keys: true)).Keys.Count);
        await WithoutUser(TimeToLive(member.Nobody, both));
        await WithoutUser(TimeToLive(member.Nobody, both, keys: true));
        await BadToken(TimeToLive(member.Pretender, both));
    }

    [Theory, OnEach]
    public async Task ALeaseThatIsNotThere(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann");
        Assert.Equal(-1, (await TimeToLive(ann, 4711, keys: true)).TTL);
        Assert.Equal(0, await KeepAlive(ann, 4711));
        await Refused(GrpcCode.NotFound, "etcdserver: requested lease not found", Revoke(ann, 4711));
        await WithoutUser(TimeToLive(member.Nobody, 4711));
        await WithoutUser(Revoke(member.Nobody, 4711));
    }

    // The list tells that there are leases, so one key that the user may not read is enough to have none of it.
    [Theory, OnEach]
    public async Task TheListIsForWhoMayReadAllKeys(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("mine"));
        await WithoutUser(member.Nobody.LeaseLeases());
        await BadToken(member.Pretender.LeaseLeases());
        Assert.Empty((await ann.LeaseLeases()).Leases);
        await Grant(member.Root);
        await GrantWith(member.Root, s_mine);
        Assert.Equal(2, (await ann.LeaseLeases()).Leases.Count);
        var other = await GrantWith(member.Root, s_other);
        await Denied(ann.LeaseLeases());
        Assert.Equal(3, (await member.Root.LeaseLeases()).Leases.Count);
        await Revoke(member.Root, other);
        Assert.Equal(2, (await ann.LeaseLeases()).Leases.Count);
    }

    [Theory, OnEach]
    public async Task AKeyIsNotAttachedToALeaseOfKeysOfOthers(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.ReadWrite("mine"));
        var lease = await GrantWith(member.Root, s_other);
        await Denied(ann.Put(Put(s_mine, "x", lease)));
        await Denied(ann.Txn(Txn(Op(Put(s_mine, "x", lease)))));
        await member.Root.DeleteRange(Delete(s_other));
        await ann.Put(Put(s_mine, "x", lease));
        await ann.Put(Put(s_mine, "y", lease));
        await member.Root.Put(Put(s_other, "x", lease));
        await Denied(ann.Put(Put(s_mine, "z", lease)));
        await ann.Put(
            new PutRequest
            {
                Key = s_mine,
                Value = Utf8("z"),
                IgnoreLease = true,
            }
        );
    }

    [Theory, OnEach]
    public async Task AMissingLeaseIsToldToWhoMayWrite(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Write("mine"));
        await Refused(GrpcCode.NotFound, "etcdserver: requested lease not found", ann.Put(Put(s_mine, "x", lease: 4711)));
    }
}
