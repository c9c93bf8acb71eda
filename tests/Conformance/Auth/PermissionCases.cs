using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Conformance.Auth;

/// <summary>What a user may do with keys. Each request is refused or permitted as a whole.</summary>
public sealed class PermissionCases
{
    private const string Denied = "etcdserver: permission denied";
    private const Permission.Types.Type Read = Permission.Types.Type.Read;
    private const Permission.Types.Type Write = Permission.Types.Type.Write;
    private const Permission.Types.Type ReadWrite = Permission.Types.Type.Readwrite;

    private static Task IsDenied(Task call) => Refused(GrpcCode.PermissionDenied, Denied, call);

    private static RangeRequest Range(string key, string rangeEnd = "") => new() { Key = Utf8(key), RangeEnd = Utf8(rangeEnd) };

    private static DeleteRangeRequest Deletion(string key, string rangeEnd = "", bool prevKv = false) =>
        new()
        {
            Key = Utf8(key),
            RangeEnd = Utf8(rangeEnd),
            PrevKv = prevKv,
        };

    private static PutRequest Putting(string key, long lease = 0, bool prevKv = false) =>
        new()
        {
            Key = Utf8(key),
            Lease = lease,
            PrevKv = prevKv,
        };

    [Theory, OnEach]
    public async Task ReadingAndWritingAreTwoThings(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind, (Read, "r", ""), (Write, "w", ""), (ReadWrite, "b", ""));
        await using var _ = nobody;
        var etcd = user.Etcd;
        await etcd.Range(Range("r"));
        await IsDenied(etcd.Put(Putting("r")));
        await IsDenied(etcd.DeleteRange(Deletion("r")));
        await etcd.Put(Putting("w"));
        await etcd.DeleteRange(Deletion("w"));
        await IsDenied(etcd.Range(Range("w")));
        await IsDenied(etcd.Put(Putting("w", prevKv: true)));
        await IsDenied(etcd.DeleteRange(Deletion("w", prevKv: true)));
        await etcd.Put(Putting("b", prevKv: true));
        await etcd.DeleteRange(Deletion("b", prevKv: true));
        await etcd.Range(Range("b"));
        await IsDenied(etcd.Range(Range("x")));
        await IsDenied(etcd.Put(Putting("x")));
    }

    [Theory, OnEach]
    public async Task ARangeMustBePermittedToItsEnd(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(
            kind,
            (Read, "a", "c"),
            (Read, "c", "e"),
            (Read, "f", "h"),
            (Read, "g", "j"),
            (Read, "k", ""),
            (Read, "x", "\0")
        );
        await using var _ = nobody;
        var etcd = user.Etcd;
        await etcd.Range(Range("a", "c"));
        await etcd.Range(Range("a", "e"));
        await etcd.Range(Range("bb", "dd"));
        await etcd.Range(Range("f", "j"));
        await etcd.Range(Range("k", "k\0"));
        await etcd.Range(Range("x", "\0"));
        await etcd.Range(Range("y", "z"));
        await etcd.Range(Range("z"));
        await IsDenied(etcd.Range(Range("a", "e\0")));
        await IsDenied(etcd.Range(Range("a", "f")));
        await IsDenied(etcd.Range(Range("d", "g")));
        await IsDenied(etcd.Range(Range("e")));
        await IsDenied(etcd.Range(Range("j")));
        await IsDenied(etcd.Range(Range("k", "l")));
        await IsDenied(etcd.Range(Range("w", "\0")));
        await IsDenied(etcd.Range(Range("a", "\0")));
        await IsDenied(etcd.Range(Range("\0", "\0")));
    }

    [Theory, OnEach]
    public async Task EveryFormOfReadingIsAskedFor(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind, (Read, "a", "b"));
        await using var _ = nobody;
        await root.Etcd.Put(Putting("a1"));
        foreach (var serializable in (bool[])[true, false])
        {
            var query = Range("a", "b");
            query.Serializable = serializable;
            Assert.Single((await user.Etcd.Range(query)).Kvs);
            query.CountOnly = true;
            Assert.Equal(1, (await user.Etcd.Range(query)).Count);
            query.Revision = 1;
            Assert.Equal(0, (await user.Etcd.Range(query)).Count);
            query.RangeEnd = Utf8("c");
            await IsDenied(user.Etcd.Range(query));
            query.Limit = 1;
            await IsDenied(user.Etcd.Range(query));
        }
    }

    [Theory, OnEach]
    public async Task AllRolesOfAUserCountTogether(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind, (Read, "a", "b"));
        await using var _ = nobody;
        await root.AddRole("other");
        await root.Grant("other", ReadWrite, "b", "c");
        await IsDenied(user.Etcd.Range(Range("a", "c")));
        await root.GrantRole("user", "other");
        await user.Etcd.Range(Range("a", "c"));
        await user.Etcd.Put(Putting("b"));
        await IsDenied(user.Etcd.Put(Putting("a")));
        await root.DeleteRole("other");
        await IsDenied(user.Etcd.Range(Range("a", "c")));
        await user.Etcd.Range(Range("a", "b"));
    }

    [Theory, OnEach]
    public async Task ATransactionNeedsWhatEachOfItsPartsNeeds(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind, (Read, "r", ""), (Write, "w", ""), (ReadWrite, "b", ""));
        await using var _ = nobody;
        var etcd = user.Etcd;
        await etcd.Txn(If(Exists("r"), [Op(Putting("w")), Op(Range("b"))], Op(Range("r"))));
        await IsDenied(etcd.Txn(If(Exists("w"), [Op(Putting("w"))])));
        await IsDenied(etcd.Txn(If(Exists("r"), [Op(Putting("r"))], Op(Range("r")))));
        await IsDenied(etcd.Txn(If(Exists("r"), [Op(Range("r"))], Op(Putting("r")))));
        await IsDenied(etcd.Txn(Txn(Op(Range("w")))));
        await IsDenied(etcd.Txn(Txn(Op(Deletion("w", prevKv: true)))));
        await IsDenied(etcd.Txn(Txn(Op(Deletion("w", "x")))));
        await etcd.Txn(Txn(Op(Deletion("w")), Op(Deletion("b", prevKv: true))));
        await etcd.Txn(Txn(Op(Txn(Op(Putting("w"))))));
        await IsDenied(etcd.Txn(Txn(Op(Txn(Op(Putting("r")))))));
        await IsDenied(etcd.Txn(Txn(Op(Txn(Op(Range("w")))))));
        await etcd.Txn(Txn());
    }

    [Theory, OnEach]
    public async Task AReadOnlyTransactionIsAskedForToo(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind, (Read, "r", ""));
        await using var _ = nobody;
        foreach (var serializable in (bool[])[true, false])
        {
            var permitted = Range("r");
            permitted.Serializable = serializable;
            await user.Etcd.Txn(Txn(Op(permitted)));
            var denied = Range("x");
            denied.Serializable = serializable;
            await IsDenied(user.Etcd.Txn(Txn(Op(denied))));
            await IsDenied(user.Etcd.Txn(If(Exists("x"), [Op(permitted)])));
            await Refused(GrpcCode.InvalidArgument, "etcdserver: user name is empty", nobody.Etcd.Txn(Txn(Op(permitted))));
        }
    }

    [Theory, OnEach]
    public async Task ALeaseIsForThoseWhoMayWriteItsKeys(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind, (ReadWrite, "a", ""), (Read, "r", ""));
        await using var _ = nobody;
        var mine = (await user.Etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await user.Etcd.Put(Putting("a", mine));
        Assert.Equal(1L, (await Keys(user.Etcd, mine)).Keys.Count);
        var shared = (await root.Etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await user.Etcd.Put(Putting("a", shared));
        await root.Etcd.Put(Putting("other", shared));
        await IsDenied(user.Etcd.Put(Putting("a", shared)));
        await IsDenied(user.Etcd.Txn(Txn(Op(Putting("a", shared)))));
        await IsDenied(user.Etcd.LeaseRevoke(new LeaseRevokeRequest { ID = shared }));
        await IsDenied(Keys(user.Etcd, shared));
        await user.Etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = shared });
        await root.Etcd.Put(Putting("r", shared));
        await root.Etcd.Put(Putting("other"));
        Assert.Equal(2L, (await Keys(user.Etcd, shared)).Keys.Count);
        await IsDenied(user.Etcd.LeaseRevoke(new LeaseRevokeRequest { ID = shared }));
        await root.Etcd.LeaseRevoke(new LeaseRevokeRequest { ID = shared });
        await user.Etcd.LeaseRevoke(new LeaseRevokeRequest { ID = mine });
    }

    [Theory, OnEach(Since = "3.7")]
    public async Task ALeaseIsKeptAndListedByThoseWhoMay(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind, (ReadWrite, "a", ""), (Read, "r", ""));
        await using var _ = nobody;
        var lease = (await root.Etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await root.Etcd.Put(Putting("a", lease));
        Assert.Equal(600, await RenewAsync(user.Etcd, lease));
        Assert.Single((await user.Etcd.LeaseLeases()).Leases);
        await root.Etcd.Put(Putting("r", lease));
        await IsDenied(RenewAsync(user.Etcd, lease));
        Assert.Single((await user.Etcd.LeaseLeases()).Leases);
        await root.Etcd.Put(Putting("other", lease));
        await IsDenied(user.Etcd.LeaseLeases());
        Assert.Equal(600, await RenewAsync(root.Etcd, lease));
    }

    [Theory, OnEach]
    public async Task ALeaseEndsAlsoWhereNobodyMayEndIt(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind, (ReadWrite, "a", ""));
        await using var _ = nobody;
        var lease = (await user.Etcd.LeaseGrant(new LeaseGrantRequest { TTL = 1 })).ID;
        await user.Etcd.Put(Putting("a", lease));
        var limit = DateTime.UtcNow + TimeSpan.FromSeconds(15);
        while ((await user.Etcd.Range(Range("a"))).Count != 0)
        {
            Assert.True(DateTime.UtcNow < limit, "the key outlived its lease");
            await Task.Delay(50);
        }
    }

    [Theory, OnEach]
    public async Task AWatchNeedsThePermissionToReadItsRange(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind, (Read, "a", "b"));
        await using var _ = nobody;
        await using var watch = user.Etcd.Watch();
        await watch.WriteAsync(Create(new WatchCreateRequest { Key = Utf8("a"), RangeEnd = Utf8("b") }));
        Assert.True(await watch.Next() is { Created: true, Canceled: false });
        await watch.WriteAsync(Create(new WatchCreateRequest { Key = Utf8("a"), RangeEnd = Utf8("c") }));
        var refused = await watch.Next();
        Assert.True(refused is { Created: true, Canceled: true, WatchId: -1 }, refused.ToString());
        Assert.Contains(Denied, refused.CancelReason, StringComparison.Ordinal);
        await root.Etcd.Put(Putting("a1"));
        Assert.Equal("a1", (await watch.Events(1))[0].Kv.Key.ToStringUtf8());
        await using var anonymous = nobody.Etcd.Watch();
        await anonymous.WriteAsync(Watch(Utf8("a")));
        var unnamed = await anonymous.Next();
        Assert.True(unnamed is { Created: true, Canceled: true }, unnamed.ToString());
        Assert.Contains("etcdserver: user name is empty", unnamed.CancelReason, StringComparison.Ordinal);
    }

    private static Compare Exists(string key) =>
        new()
        {
            Key = Utf8(key),
            Target = Compare.Types.CompareTarget.Version,
            Result = Compare.Types.CompareResult.Greater,
        };

    private static Task<LeaseTimeToLiveResponse> Keys(EtcdEndpoint etcd, long lease) =>
        etcd.LeaseTimeToLive(new LeaseTimeToLiveRequest { ID = lease, Keys = true });

    private static async Task<long> RenewAsync(EtcdEndpoint etcd, long lease)
    {
        await using var renewal = etcd.LeaseKeepAlive();
        await renewal.WriteAsync(new LeaseKeepAliveRequest { ID = lease });
        return (await renewal.ReadAsync())!.TTL;
    }
}
