using static EtcdSharp.Conformance.Auth.AuthCalls;

namespace EtcdSharp.Conformance.Auth;

/// <summary>What only a user with the role root may do, whatever keys others may read and write.</summary>
public sealed class AdminCases(AuthMembers members) : IClassFixture<AuthMembers>
{
    private const string Cluster = "/etcdserverpb.Cluster/";
    private const string Maintenance = "/etcdserverpb.Maintenance/";
    private const string UnknownMember = "NotFound: etcdserver: member not found";
    private const ulong Stranger = 4711;

    private static Task ChangeUsers(EtcdEndpoint etcd, string what) =>
        what switch
        {
            "UserAdd" => etcd.UserAdd("carol", "secret"),
            "UserList" => etcd.UserList(),
            "UserDelete" => etcd.UserDelete("bob"),
            "UserChangePassword" => etcd.UserChangePassword("bob", "new"),
            "UserGrantRole" => etcd.UserGrantRole("bob", "root"),
            "UserRevokeRole" => etcd.UserRevokeRole("bob", "bob"),
            "RoleAdd" => etcd.RoleAdd("writer"),
            "RoleList" => etcd.RoleList(),
            "RoleDelete" => etcd.RoleDelete("bob"),
            "RoleGrantPermission" => etcd.RoleGrantPermission("bob", Allow.Read("b")),
            "RoleRevokePermission" => etcd.RoleRevokePermission("bob", Allow.Read("a")),
            "AuthEnable" => etcd.AuthEnable(),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };

    private static async Task ChangeMembers(EtcdEndpoint etcd, string what, string peer)
    {
        switch (what)
        {
            case "MemberAdd":
                await etcd.Call<MemberAddResponse>(
                    Cluster + what,
                    new MemberAddRequest { IsLearner = true, PeerURLs = { peer } }
                );
                break;
            case "MemberRemove":
                await etcd.Call<MemberRemoveResponse>(Cluster + what, new MemberRemoveRequest { ID = Stranger });
                break;
            case "MemberUpdate":
                await etcd.Call<MemberUpdateResponse>(
                    Cluster + what,
                    new MemberUpdateRequest { ID = Stranger, PeerURLs = { "http://127.0.0.1:1" } }
                );
                break;
            default:
                await etcd.Call<MemberPromoteResponse>(Cluster + what, new MemberPromoteRequest { ID = Stranger });
                break;
        }
    }

    private static Task Maintain(EtcdEndpoint etcd, string what) =>
        what switch
        {
            "Defragment" => etcd.Call<DefragmentResponse>(Maintenance + what, new DefragmentRequest()),
            "Hash" => etcd.Call<HashResponse>(Maintenance + what, new HashRequest()),
            "HashKV" => etcd.HashKV(),
            "Snapshot" => etcd.ServerStream<SnapshotResponse>(Maintenance + what, new SnapshotRequest()),
            "MoveLeader" => etcd.Call<MoveLeaderResponse>(Maintenance + what, new MoveLeaderRequest { TargetID = Stranger }),
            "Downgrade" => etcd.Call<DowngradeResponse>(
                Maintenance + what,
                new DowngradeRequest { Action = DowngradeRequest.Types.DowngradeAction.Validate, Version = "3.0" }
            ),
            "raise" => etcd.Alarm(Alarm(AlarmRequest.Types.AlarmAction.Activate)),
            "clear" => etcd.Alarm(Alarm(AlarmRequest.Types.AlarmAction.Deactivate)),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };

    private static AlarmRequest Alarm(AlarmRequest.Types.AlarmAction action) =>
        new()
        {
            Action = action,
            Alarm = AlarmType.Corrupt,
            MemberID = Stranger,
        };

    private static async Task<string> Outcome(Task call)
    {
        var end = await Record.ExceptionAsync(() => call);
        return end is null ? "OK" : end.Message;
    }

    [Theory]
    [OnEach("UserAdd")]
    [OnEach("UserList")]
    [OnEach("UserDelete")]
    [OnEach("UserChangePassword")]
    [OnEach("UserGrantRole")]
    [OnEach("UserRevokeRole")]
    [OnEach("RoleAdd")]
    [OnEach("RoleList")]
    [OnEach("RoleDelete")]
    [OnEach("RoleGrantPermission")]
    [OnEach("RoleRevokePermission")]
    [OnEach("AuthEnable")]
    public async Task UsersAndRolesAreChangedByAdministrators(ServerKind kind, string what)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.ReadWrite(".."));
        var bob = await member.User("bob", Allow.Read("a"));
        await WithoutUser(ChangeUsers(member.Nobody, what));
        await BadToken(ChangeUsers(member.Pretender, what));
        await Denied(ChangeUsers(ann, what));
        await Denied(ChangeUsers(bob, what));
        await ChangeUsers(member.Root, what);
    }

    [Theory, OnEach]
    public async Task AnyUserWithTheRoleRootIsAnAdministrator(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann");
        await member.Root.UserGrantRole("ann", "root");
        await ann.Put(Put(Utf8("anything"), "x"));
        await ann.UserAdd("bob", "secret");
        await ann.UserChangePassword("root", AuthMember.RootPassword);
        await ann.HashKV();
        await Refused(GrpcCode.InvalidArgument, InvalidManagement, ann.UserDelete("root"));
        await ann.UserRevokeRole("ann", "root");
        await Denied(ann.UserList());
    }

    [Theory, OnEach]
    public async Task NobodyIsTheUserWithoutName(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await WithoutUser(member.Nobody.UserGet("root"));
        await Refused(GrpcCode.FailedPrecondition, UserNotFound, member.Nobody.UserGet(""));
        await WithoutUser(member.Nobody.RoleGet("root"));
        await WithoutUser(member.Nobody.RoleGet(""));
    }

    [Theory, OnEach]
    public async Task AUserMaySeeItselfAndItsRoles(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("a"));
        await member.User("bob");
        Assert.Equal(["ann"], (await ann.UserGet("ann")).Roles);
        Assert.Equal(Allow.Read("a"), Assert.Single((await ann.RoleGet("ann")).Perm));
        await Denied(ann.UserGet("bob"));
        await Denied(ann.UserGet("nobody"));
        await Denied(ann.UserGet(""));
        await Denied(ann.RoleGet("bob"));
        await Denied(ann.RoleGet("missing"));
        await BadToken(member.Pretender.UserGet("ann"));
        await BadToken(member.Pretender.RoleGet("ann"));
        Assert.Equal(["ann"], (await member.Root.UserGet("ann")).Roles);
        await member.Root.RoleGet("bob");
    }

    [Theory, OnEach]
    public async Task WhoMayNotIsNotToldWhatIsWrong(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann");
        await Denied(ann.UserAdd("", "secret"));
        await Denied(ann.UserAdd("ann", "secret"));
        await Denied(ann.UserDelete("nobody"));
        await Denied(ann.UserChangePassword("ann", "new"));
        await Denied(ann.UserGrantRole("nobody", "missing"));
        await Denied(ann.UserDelete("root"));
        await Denied(ann.RoleAdd(""));
        await Denied(ann.RoleGrantPermission("missing", null));
        await Refused(
            GrpcCode.Unknown,
            "bcrypt: password length exceeds 72 bytes",
            member.Nobody.UserAdd("bob", new string('p', 73))
        );
    }

    [Theory]
    [OnEach("MemberAdd", "FailedPrecondition: etcdserver: Peer URLs already exists")]
    [OnEach("MemberRemove", UnknownMember)]
    [OnEach("MemberUpdate", UnknownMember)]
    [OnEach("MemberPromote", UnknownMember)]
    public async Task MembersAreChangedByAdministrators(ServerKind kind, string what, string root)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.ReadWrite(".."));
        var peer = (await member.Root.MemberList()).Members[0].PeerURLs[0];
        await WithoutUser(ChangeMembers(member.Nobody, what, peer));
        await BadToken(ChangeMembers(member.Pretender, what, peer));
        await Denied(ChangeMembers(ann, what, peer));
        Assert.Equal(root, await Outcome(ChangeMembers(member.Root, what, peer)));
    }

    [Theory, OnEach]
    public async Task ABadAddressIsRefusedBeforeTheUser(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: given member URLs are invalid",
            ChangeMembers(member.Nobody, "MemberAdd", "nonsense")
        );
    }

    // The four that only read the store answered with bare errors before 3.6.
    [Theory]
    [OnEach("Defragment")]
    [OnEach("Hash")]
    [OnEach("HashKV")]
    [OnEach("Snapshot")]
    public async Task TheStoreAsAWholeIsForAdministrators(ServerKind kind, string what)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.ReadWrite(".."));
        if (kind == ServerKind.Real)
        {
            await Refused(GrpcCode.Unknown, "auth: user name is empty", Maintain(member.Nobody, what));
            await Refused(GrpcCode.Unknown, "auth: invalid auth token", Maintain(member.Pretender, what));
            await Refused(GrpcCode.Unknown, "auth: permission denied", Maintain(ann, what));
        }
        else
        {
            await WithoutUser(Maintain(member.Nobody, what));
            await BadToken(Maintain(member.Pretender, what));
            await Denied(Maintain(ann, what));
        }
        await Maintain(member.Root, what);
    }

    [Theory]
    [OnEach("raise", "OK")]
    [OnEach("clear", "OK")]
    [OnEach("MoveLeader", "FailedPrecondition: etcdserver: bad leader transferee")]
    [OnEach("Downgrade", "InvalidArgument: etcdserver: invalid downgrade target version")]
    public async Task MaintenanceIsForAdministrators(ServerKind kind, string what, string root)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.ReadWrite(".."));
        await WithoutUser(Maintain(member.Nobody, what));
        await BadToken(Maintain(member.Pretender, what));
        await Denied(Maintain(ann, what));
        Assert.Equal(root, await Outcome(Maintain(member.Root, what)));
        await member.Root.Alarm(Alarm(AlarmRequest.Types.AlarmAction.Deactivate));
    }

    [Theory, OnEach]
    public async Task TheStatusOfAMemberIsForUsers(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann");
        await WithoutUser(member.Nobody.Status());
        await BadToken(member.Pretender.Status());
        await member.Root.Status();

        // Before 3.7 it was for administrators.
        if (kind == ServerKind.Real)
        {
            await Denied(ann.Status());
        }
        else
        {
            Assert.True((await ann.Status()).RaftAppliedIndex > 0);
        }
    }

    [Theory, OnEach]
    public async Task AlarmsAreListedForUsers(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann");
        await WithoutUser(member.Nobody.Alarm(new AlarmRequest()));
        await BadToken(member.Pretender.Alarm(new AlarmRequest()));
        Assert.Empty((await ann.Alarm(new AlarmRequest())).Alarms);
    }

    [Theory]
    [OnEach(true)]
    [OnEach(false)]
    public async Task MembersAreListedForUsers(ServerKind kind, bool linearizable)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann");
        await WithoutUser(member.Nobody.MemberList(linearizable));
        await BadToken(member.Pretender.MemberList(linearizable));
        Assert.Single((await ann.MemberList(linearizable)).Members);
    }

    // A compaction takes old revisions from everybody.
    [Theory, OnEach]
    public async Task CompactionIsForAdministrators(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.ReadWrite(".."));
        await member.Root.Put(Put(Utf8("a"), "1"));
        var revision = (await member.Root.Put(Put(Utf8("a"), "2"))).Header.Revision;
        var request = new CompactionRequest { Revision = revision, Physical = true };
        await WithoutUser(member.Nobody.Compact(request));
        await BadToken(member.Pretender.Compact(request));
        await Denied(ann.Compact(request));
        await Denied(ann.Compact(new CompactionRequest { Revision = revision + 1000 }));
        await member.Root.Compact(request);
    }

    [Theory]
    [OnEach("/health")]
    [OnEach("/health?serializable=true")]
    [OnEach("/readyz")]
    [OnEach("/livez")]
    [OnEach("/version")]
    [OnEach("/metrics")]
    public async Task HealthAndMetricsNeedNoUser(ServerKind kind, string path)
    {
        await using var member = await members.Guarded(kind);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(member.Server.Address, path));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
