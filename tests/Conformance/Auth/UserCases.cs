using static EtcdSharp.Conformance.Auth.AuthCalls;

namespace EtcdSharp.Conformance.Auth;

public sealed class UserCases(AuthMembers members) : IClassFixture<AuthMembers>
{
    private const string Failed = "etcdserver: authentication failed, invalid user ID or password";
    private const string PasswordForNone = "auth: authentication failed, password was given for no password user";

    /// <summary>A bcrypt hash of "secret", as the request carries it.</summary>
    private static readonly string SecretHash = Utf8("$2a$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW").ToBase64();

    [Theory, OnEach]
    public async Task AUserIsAddedListedAndDeleted(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var etcd = member.Nobody;
        Assert.Empty((await etcd.UserList()).Users);
        var added = await etcd.UserAdd("ann", "secret");
        Assert.NotEqual(0UL, added.Header.MemberId);
        Assert.NotEqual(0UL, added.Header.ClusterId);
        Assert.NotEqual(0UL, added.Header.RaftTerm);
        Assert.Equal(["ann"], (await etcd.UserList()).Users);
        Assert.Empty((await etcd.UserGet("ann")).Roles);
        await etcd.UserDelete("ann");
        Assert.Empty((await etcd.UserList()).Users);
        await Refused(GrpcCode.FailedPrecondition, UserNotFound, etcd.UserGet("ann"));
    }

    [Theory, OnEach]
    public async Task ChangesOfUsersTakeNoRevisionOfTheKeys(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var before = (await member.Nobody.Range(Get(Utf8("a")))).Header.Revision;
        Assert.Equal(before, (await member.Nobody.UserAdd("ann", "secret")).Header.Revision);
        Assert.Equal(before, (await member.Nobody.UserList()).Header.Revision);
    }

    [Theory, OnEach]
    public async Task UsersAreListedInTheOrderOfTheirNames(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        foreach (var name in new[] { "b", "Z", "a", "ä", "root", "aa" })
        {
            await member.Nobody.UserAddWithoutPassword(name);
        }
        Assert.Equal(["Z", "a", "aa", "b", "root", "ä"], (await member.Nobody.UserList()).Users);
    }

    [Theory, OnEach]
    public async Task AUserNeedsAName(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await Refused(GrpcCode.InvalidArgument, NoUser, member.Nobody.UserAdd("", "secret"));
        await Refused(GrpcCode.InvalidArgument, NoUser, member.Nobody.UserAddWithoutPassword(""));
    }

    [Theory, OnEach]
    public async Task AUserIsAddedOnce(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await member.Nobody.UserAdd("ann", "secret");
        await Refused(GrpcCode.FailedPrecondition, "etcdserver: user name already exists", member.Nobody.UserAdd("ann", "other"));
    }

    [Theory]
    [OnEach(1)]
    [OnEach(72)]
    public async Task APasswordOfUpTo72BytesIsTaken(ServerKind kind, int length)
    {
        await using var member = await members.Guarded(kind);
        var password = new string('p', length);
        await member.Root.UserAdd("ann", password);
        await member.LogIn("ann", password);
        await Refused(GrpcCode.InvalidArgument, Failed, member.LogIn("ann", password[1..] + "q"));
    }

    // Who logs in may send more: the hash is one of the first 72 bytes.
    [Theory, OnEach]
    public async Task ALongerPasswordIsRefused(ServerKind kind)
    {
        const string tooLong = "bcrypt: password length exceeds 72 bytes";
        await using var member = await members.Guarded(kind);
        var password = new string('p', 73);
        await Refused(GrpcCode.Unknown, tooLong, member.Root.UserAdd("ann", password));
        await Refused(GrpcCode.Unknown, tooLong, member.Root.UserAdd("", password));
        await Refused(GrpcCode.Unknown, tooLong, member.Root.UserChangePassword("nobody", password));
        await member.Root.UserAdd("ann", password[1..]);
        await member.LogIn("ann", password);
    }

    [Theory, OnEach]
    public async Task AnEmptyPasswordIsAPassword(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await member.Root.UserAdd("ann", "");
        await member.LogIn("ann", "");
        await Refused(GrpcCode.InvalidArgument, Failed, member.LogIn("ann", "x"));
    }

    [Theory, OnEach]
    public async Task AHashIsNotTakenFromWhoAddsAUser(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await member.Root.UserAdd(new AuthUserAddRequest { Name = "ann", HashedPassword = SecretHash });
        await Refused(GrpcCode.InvalidArgument, Failed, member.LogIn("ann", "secret"));
        await member.LogIn("ann", "");
        await member.Root.UserAdd(
            new AuthUserAddRequest
            {
                Name = "bob",
                Password = "given",
                HashedPassword = SecretHash,
            }
        );
        await member.LogIn("bob", "given");
    }

    [Theory, OnEach]
    public async Task AUserWithoutPasswordDoesNotLogIn(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await member.Root.UserAddWithoutPassword("ann", "secret");
        await Refused(GrpcCode.Unknown, PasswordForNone, member.LogIn("ann", "secret"));
        await Refused(GrpcCode.Unknown, PasswordForNone, member.LogIn("ann", ""));
        await member.Root.UserChangePassword("ann", "other");
        await Refused(GrpcCode.Unknown, PasswordForNone, member.LogIn("ann", "other"));
    }

    [Theory, OnEach]
    public async Task APasswordIsChanged(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await member.Root.UserAdd("ann", "old");
        await member.Root.RoleAdd("reader");
        await member.Root.UserGrantRole("ann", "reader");
        await member.Root.UserChangePassword("ann", "new");
        await Refused(GrpcCode.InvalidArgument, Failed, member.LogIn("ann", "old"));
        await member.LogIn("ann", "new");
        Assert.Equal(["reader"], (await member.Root.UserGet("ann")).Roles);
    }

    [Theory, OnEach]
    public async Task AHashIsTakenFromWhoChangesAPassword(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await member.Root.UserAdd("ann", "old");
        await member.Root.UserChangePassword("ann", "", SecretHash);
        await member.LogIn("ann", "secret");
        await member.Root.UserChangePassword("ann", "given", SecretHash);
        await member.LogIn("ann", "given");
    }

    [Theory, OnEach]
    public async Task AHashThatIsNotBase64IsRefused(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await member.Nobody.UserAdd("ann", "old");
        await Refused(GrpcCode.Unknown, PasswordForNone, member.Nobody.UserChangePassword("ann", "", "no base64!"));
    }

    // Without password and hash there is an empty hash, which no password matches.
    [Theory, OnEach]
    public async Task ChangingToAnEmptyPasswordLocksTheUserOut(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await member.Root.UserAdd("ann", "old");
        await member.Root.UserChangePassword("ann", "");
        await Refused(GrpcCode.InvalidArgument, Failed, member.LogIn("ann", "old"));
        await Refused(GrpcCode.InvalidArgument, Failed, member.LogIn("ann", ""));
    }

    [Theory]
    [OnEach("get")]
    [OnEach("delete")]
    [OnEach("password")]
    [OnEach("grant")]
    [OnEach("revoke")]
    public async Task AMissingUserIsRefused(ServerKind kind, string what)
    {
        await using var member = await members.Open(kind);
        var etcd = member.Nobody;
        foreach (var name in new[] { "nobody", "" })
        {
            Task call = what switch
            {
                "get" => etcd.UserGet(name),
                "delete" => etcd.UserDelete(name),
                "password" => etcd.UserChangePassword(name, "new"),
                "grant" => etcd.UserGrantRole(name, "missing"),
                _ => etcd.UserRevokeRole(name, "missing"),
            };
            await Refused(GrpcCode.FailedPrecondition, UserNotFound, call);
        }
    }

    [Theory, OnEach]
    public async Task RolesAreListedInTheOrderOfTheirNames(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var etcd = member.Nobody;
        await etcd.UserAdd("ann", "secret");
        foreach (var role in new[] { "b", "Z", "a" })
        {
            await etcd.RoleAdd(role);
            await etcd.UserGrantRole("ann", role);
        }
        Assert.Equal(["Z", "a", "b"], (await etcd.UserGet("ann")).Roles);
        await etcd.UserRevokeRole("ann", "a");
        Assert.Equal(["Z", "b"], (await etcd.UserGet("ann")).Roles);
    }

    [Theory, OnEach]
    public async Task AMissingRoleIsNotGranted(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await member.Nobody.UserAdd("ann", "secret");
        await Refused(GrpcCode.FailedPrecondition, RoleNotFound, member.Nobody.UserGrantRole("ann", "missing"));
        await Refused(GrpcCode.FailedPrecondition, RoleNotFound, member.Nobody.UserGrantRole("ann", ""));
    }

    [Theory, OnEach]
    public async Task TheRoleRootNeedNotBeThereToBeGranted(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await member.Nobody.UserAdd("ann", "secret");
        await member.Nobody.UserGrantRole("ann", "root");
        Assert.Equal(["root"], (await member.Nobody.UserGet("ann")).Roles);
        Assert.Empty((await member.Nobody.RoleList()).Roles);
    }

    [Theory, OnEach]
    public async Task GrantingARoleAgainChangesNothing(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await member.Nobody.UserAdd("ann", "secret");
        await member.Nobody.RoleAdd("reader");
        await member.Nobody.UserGrantRole("ann", "reader");
        await member.Nobody.UserGrantRole("ann", "reader");
        Assert.Equal(["reader"], (await member.Nobody.UserGet("ann")).Roles);
    }

    [Theory, OnEach]
    public async Task ARoleThatWasNotGrantedIsNotRevoked(ServerKind kind)
    {
        const string notGranted = "etcdserver: role is not granted to the user";
        await using var member = await members.Open(kind);
        await member.Nobody.UserAdd("ann", "secret");
        await member.Nobody.RoleAdd("reader");
        await Refused(GrpcCode.FailedPrecondition, notGranted, member.Nobody.UserRevokeRole("ann", "reader"));
        await Refused(GrpcCode.FailedPrecondition, notGranted, member.Nobody.UserRevokeRole("ann", "missing"));
    }

    [Theory, OnEach]
    public async Task WhileAuthenticationIsOnRootStays(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await Refused(GrpcCode.InvalidArgument, InvalidManagement, member.Root.UserDelete("root"));
        await Refused(GrpcCode.InvalidArgument, InvalidManagement, member.Root.UserRevokeRole("root", "root"));
        await Refused(GrpcCode.InvalidArgument, InvalidManagement, member.Root.RoleDelete("root"));
        await member.Root.AuthDisable();
        await member.Nobody.UserRevokeRole("root", "root");
        await member.Nobody.UserDelete("root");
    }
}
