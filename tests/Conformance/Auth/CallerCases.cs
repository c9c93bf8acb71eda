using EtcdSharp.Api.Authpb;
using EtcdSharp.Api.V3Electionpb;
using EtcdSharp.Api.V3Lockpb;

namespace EtcdSharp.Conformance.Auth;

/// <summary>Every call while authentication is on: without a token, with one that is not valid, and as a user who may do nothing.</summary>
public sealed class CallerCases
{
    private const string Empty = "InvalidArgument: etcdserver: user name is empty";
    private const string Invalid = "Unauthenticated: etcdserver: invalid auth token";
    private const string Denied = "PermissionDenied: etcdserver: permission denied";
    private const string Permitted = "Ok";

    /// <summary>The calls with what each caller is told.</summary>
    private static readonly (string Method, IMessage Request, string Nobody, string WrongToken, string User)[] s_calls =
    [
        ("etcdserverpb.KV/Range", new RangeRequest { Key = Utf8("a") }, Empty, Invalid, Denied),
        ("etcdserverpb.KV/Put", new PutRequest { Key = Utf8("a") }, Empty, Invalid, Denied),
        ("etcdserverpb.KV/DeleteRange", new DeleteRangeRequest { Key = Utf8("a") }, Empty, Invalid, Denied),
        ("etcdserverpb.KV/Txn", Txn(Op(new PutRequest { Key = Utf8("a") })), Empty, Invalid, Denied),
        ("etcdserverpb.KV/Compact", new CompactionRequest { Revision = 1 }, Empty, Invalid, Denied),
        ("etcdserverpb.Lease/LeaseGrant", new LeaseGrantRequest { TTL = 60 }, Empty, Invalid, Permitted),
        ("etcdserverpb.Cluster/MemberAdd", new MemberAddRequest { PeerURLs = { "http://127.0.0.1:1" } }, Empty, Invalid, Denied),
        ("etcdserverpb.Cluster/MemberRemove", new MemberRemoveRequest { ID = 1 }, Empty, Invalid, Denied),
        (
            "etcdserverpb.Cluster/MemberUpdate",
            new MemberUpdateRequest { ID = 1, PeerURLs = { "http://127.0.0.1:1" } },
            Empty,
            Invalid,
            Denied
        ),
        ("etcdserverpb.Cluster/MemberPromote", new MemberPromoteRequest { ID = 1 }, Empty, Invalid, Denied),
        ("etcdserverpb.Auth/AuthEnable", new AuthEnableRequest(), Empty, Invalid, Denied),
        ("etcdserverpb.Auth/AuthDisable", new AuthDisableRequest(), Empty, Invalid, Denied),
        ("etcdserverpb.Auth/UserAdd", new AuthUserAddRequest { Name = "b" }, Empty, Invalid, Denied),
        ("etcdserverpb.Auth/UserGet", new AuthUserGetRequest { Name = "root" }, Empty, Invalid, Denied),
        ("etcdserverpb.Auth/UserList", new AuthUserListRequest(), Empty, Invalid, Denied),
        ("etcdserverpb.Auth/UserDelete", new AuthUserDeleteRequest { Name = "user" }, Empty, Invalid, Denied),
        ("etcdserverpb.Auth/UserChangePassword", new AuthUserChangePasswordRequest { Name = "user" }, Empty, Invalid, Denied),
        (
            "etcdserverpb.Auth/UserGrantRole",
            new AuthUserGrantRoleRequest { User = "user", Role = "root" },
            Empty,
            Invalid,
            Denied
        ),
        (
            "etcdserverpb.Auth/UserRevokeRole",
            new AuthUserRevokeRoleRequest { Name = "user", Role = "role" },
            Empty,
            Invalid,
            Denied
        ),
        ("etcdserverpb.Auth/RoleAdd", new AuthRoleAddRequest { Name = "b" }, Empty, Invalid, Denied),
        ("etcdserverpb.Auth/RoleGet", new AuthRoleGetRequest { Role = "other" }, Empty, Invalid, Denied),
        ("etcdserverpb.Auth/RoleList", new AuthRoleListRequest(), Empty, Invalid, Denied),
        ("etcdserverpb.Auth/RoleDelete", new AuthRoleDeleteRequest { Role = "role" }, Empty, Invalid, Denied),
        (
            "etcdserverpb.Auth/RoleGrantPermission",
            new AuthRoleGrantPermissionRequest
            {
                Name = "role",
                Perm = new Permission { Key = Utf8("a") },
            },
            Empty,
            Invalid,
            Denied
        ),
        (
            "etcdserverpb.Auth/RoleRevokePermission",
            new AuthRoleRevokePermissionRequest { Role = "role", Key = Utf8("a") },
            Empty,
            Invalid,
            Denied
        ),
    ];

    /// <summary>Where releases before 3.7 asked for less or for more, or had other words for it.</summary>
    private static readonly (string Method, IMessage Request, string Nobody, string WrongToken, string User)[] s_newer =
    [
        ("etcdserverpb.Maintenance/Defragment", new DefragmentRequest(), Empty, Invalid, Denied),
        ("etcdserverpb.Maintenance/Hash", new HashRequest(), Empty, Invalid, Denied),
        ("etcdserverpb.Maintenance/HashKV", new HashKVRequest(), Empty, Invalid, Denied),
        ("etcdserverpb.Maintenance/Snapshot", new SnapshotRequest(), Empty, Invalid, Denied),
        ("etcdserverpb.Auth/AuthStatus", new AuthStatusRequest(), Permitted, Invalid, Permitted),
        ("etcdserverpb.Cluster/MemberList", new MemberListRequest(), Empty, Invalid, Permitted),
        (
            "etcdserverpb.Lease/LeaseRevoke",
            new LeaseRevokeRequest { ID = 7 },
            Empty,
            Invalid,
            "NotFound: etcdserver: requested lease not found"
        ),
        ("etcdserverpb.Lease/LeaseTimeToLive", new LeaseTimeToLiveRequest { ID = 7 }, Empty, Invalid, Permitted),
        ("etcdserverpb.Lease/LeaseLeases", new LeaseLeasesRequest(), Empty, Invalid, Permitted),
        ("etcdserverpb.Maintenance/Status", new StatusRequest(), Empty, Invalid, Permitted),
        ("etcdserverpb.Maintenance/Alarm", new AlarmRequest(), Empty, Invalid, Permitted),
        (
            "etcdserverpb.Maintenance/Alarm",
            new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Deactivate, Alarm = AlarmType.Nospace },
            Empty,
            Invalid,
            Denied
        ),
        ("etcdserverpb.Maintenance/MoveLeader", new MoveLeaderRequest { TargetID = 1 }, Empty, Invalid, Denied),
        ("etcdserverpb.Maintenance/Downgrade", new DowngradeRequest { Version = "3.6.0" }, Empty, Invalid, Denied),
    ];

    [Theory, OnEach]
    public Task EachCallerIsTold(ServerKind kind) => AskAll(kind, s_calls);

    [Theory, OnEach(Since = "3.7")]
    public Task EachCallerIsToldAlsoThere(ServerKind kind) => AskAll(kind, s_newer);

    [Theory, OnEach]
    public async Task EverybodySeesTheOwnRolesAndWhatTheyPermit(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind, (Permission.Types.Type.Read, "x", ""));
        await using var _ = nobody;
        Assert.Equal(["role"], (await user.GetUser("user")).Roles);
        Assert.Equal("x", (await user.GetRole("role")).Perm[0].Key.ToStringUtf8());
        await Refused(GrpcCode.PermissionDenied, "etcdserver: permission denied", user.GetRole("not there"));
        await Refused(GrpcCode.FailedPrecondition, "etcdserver: role name not found", root.GetRole("not there"));
    }

    [Theory, OnEach]
    public async Task WhatNeedsNoUserNeedsNone(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind);
        await using var _ = nobody;
        using var http = new HttpClient { BaseAddress = nobody.Etcd.Address };
        Assert.Contains("true", await http.GetStringAsync(new Uri("/health", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Contains("3.", await http.GetStringAsync(new Uri("/version", UriKind.Relative)), StringComparison.Ordinal);
    }

    /// <summary>The recipes ask as their caller, through a client of their own, which knows no codes.</summary>
    [Theory, OnEach]
    public async Task LocksAndElectionsAreTheirCallers(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind, (Permission.Types.Type.Readwrite, "mine/", "mine0"));
        await using var _ = nobody;
        var lease = (await user.Etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        var mine = new LockRequest { Name = Utf8("mine"), Lease = lease };
        var locked = await user.Etcd.Call<LockResponse>("/v3lockpb.Lock/Lock", mine);
        await user.Etcd.Call<UnlockResponse>("/v3lockpb.Lock/Unlock", new UnlockRequest { Key = locked.Key });
        var other = new LockRequest { Name = Utf8("other"), Lease = lease };
        var denied = await Assert.ThrowsAsync<GrpcFailure>(() => user.Etcd.Call<LockResponse>("/v3lockpb.Lock/Lock", other));
        Assert.Equal("etcdserver: permission denied", denied.Detail);
        var unnamed = await Assert.ThrowsAsync<GrpcFailure>(() => nobody.Etcd.Call<LockResponse>("/v3lockpb.Lock/Lock", mine));
        Assert.Equal("etcdserver: user name is empty", unnamed.Detail);
        var campaign = new CampaignRequest { Name = Utf8("mine"), Lease = lease };
        var leader = (await user.Etcd.Call<CampaignResponse>("/v3electionpb.Election/Campaign", campaign)).Leader;
        await user.Etcd.Call<ResignResponse>("/v3electionpb.Election/Resign", new ResignRequest { Leader = leader });
        campaign.Name = Utf8("other");
        denied = await Assert.ThrowsAsync<GrpcFailure>(() =>
            user.Etcd.Call<CampaignResponse>("/v3electionpb.Election/Campaign", campaign)
        );
        Assert.Equal("etcdserver: permission denied", denied.Detail);
    }

    private static async Task AskAll(
        ServerKind kind,
        (string Method, IMessage Request, string Nobody, string WrongToken, string User)[] calls
    )
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind);
        await using var _ = nobody;
        await root.AddRole("other");
        await using var wrong = nobody.WithToken("nonsense.1");
        var told = new List<string>();
        var expected = new List<string>();
        foreach (var (method, request, toNobody, toWrongToken, toUser) in calls)
        {
            told.Add(
                $"{method} {await Ask(nobody, method, request)} | {await Ask(wrong, method, request)} | {await Ask(user, method, request)}"
            );
            expected.Add($"{method} {toNobody} | {toWrongToken} | {toUser}");
        }

        Assert.Equal(string.Join('\n', expected), string.Join('\n', told));
    }

    private static async Task<string> Ask(Accounts caller, string method, IMessage request)
    {
        try
        {
            // What the answer holds is not asked for: an empty message reads all of them.
            await caller.Etcd.ServerStream<Google.Protobuf.WellKnownTypes.Empty>("/" + method, request);
            return Permitted;
        }
        catch (GrpcFailure failure)
        {
            return $"{failure.Code}: {failure.Detail}";
        }
    }
}
