namespace EtcdSharp.Conformance.Auth;

public sealed class UserCases
{
    private const string NotFound = "etcdserver: user name not found";

    [Theory, OnEach]
    public async Task UsersAreAddedListedAndDeleted(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        var added = await accounts.AddUser("b", "1");
        Assert.True(added.Header is { Revision: 1, RaftTerm: > 0 } && added.Header.MemberId != 0, added.ToString());
        await accounts.AddUser("a", "1");
        await accounts.AddUser("ä", "1");
        await accounts.AddUser("B", "1");
        Assert.Equal(["B", "a", "b", "ä"], (await accounts.ListUsers()).Users);
        await accounts.DeleteUser("a");
        Assert.Equal(["B", "b", "ä"], (await accounts.ListUsers()).Users);
        await Refused(GrpcCode.FailedPrecondition, NotFound, accounts.GetUser("a"));
        await Refused(GrpcCode.FailedPrecondition, NotFound, accounts.DeleteUser("a"));
    }

    [Theory, OnEach]
    public async Task AUserNeedsANameOfItsOwn(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await Refused(GrpcCode.InvalidArgument, "etcdserver: user name is empty", accounts.AddUser("", "1"));
        await accounts.AddUser("a", "1");
        await Refused(GrpcCode.FailedPrecondition, "etcdserver: user name already exists", accounts.AddUser("a", "2"));
    }

    [Theory, OnEach]
    public async Task RolesAreGrantedInOrderAndRevoked(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await accounts.AddUser("a", "1");
        await accounts.AddRole("s");
        await accounts.AddRole("r");
        await accounts.GrantRole("a", "s");
        await accounts.GrantRole("a", "root");
        await accounts.GrantRole("a", "r");
        await accounts.GrantRole("a", "r");
        Assert.Equal(["r", "root", "s"], (await accounts.GetUser("a")).Roles);
        await accounts.RevokeRole("a", "root");
        Assert.Equal(["r", "s"], (await accounts.GetUser("a")).Roles);
        await Refused(
            GrpcCode.FailedPrecondition,
            "etcdserver: role is not granted to the user",
            accounts.RevokeRole("a", "root")
        );
        await Refused(GrpcCode.FailedPrecondition, NotFound, accounts.RevokeRole("b", "r"));
        await Refused(GrpcCode.FailedPrecondition, NotFound, accounts.GrantRole("b", "r"));
        await Refused(GrpcCode.FailedPrecondition, "etcdserver: role name not found", accounts.GrantRole("a", "t"));
    }

    [Theory, OnEach]
    public async Task APasswordIsChanged(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await accounts.AddRootAsync();
        await Refused(GrpcCode.FailedPrecondition, NotFound, accounts.ChangePassword("a", "1"));
        await accounts.AddUser("a", "1");
        await accounts.GrantRole("a", "root");
        await accounts.ChangePassword("a", "2");
        await accounts.Enable();
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: authentication failed, invalid user ID or password",
            accounts.Authenticate("a", "1")
        );
        await using var a = await accounts.LogInAsync("a", "2");
        Assert.Equal(["root"], (await a.GetUser("a")).Roles);
    }

    [Theory]
    [OnEach("")]
    [OnEach("with spaces and 'quotes'")]
    [OnEach("ünïcödé ☃ 🗝")]
    [OnEach("seventy-two bytes, which is all that bcrypt looks at: 01234567890123456")]
    public async Task APasswordLetsInWhoKnowsIt(ServerKind kind, string password)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await accounts.AddRootAsync();
        await accounts.AddUser("a", password);
        await accounts.Enable();
        Assert.NotEmpty((await accounts.Authenticate("a", password)).Token);
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: authentication failed, invalid user ID or password",
            accounts.Authenticate("a", password.Length == 0 ? "x" : password[..^1])
        );
    }

    [Theory, OnEach]
    public async Task APasswordThatBcryptWouldCutIsRefused(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        var tooLong = new string('x', 73);
        await Refused(GrpcCode.Unknown, "bcrypt: password length exceeds 72 bytes", accounts.AddUser("a", tooLong));
        await accounts.AddUser("a", tooLong[1..]);
        await Refused(GrpcCode.Unknown, "bcrypt: password length exceeds 72 bytes", accounts.ChangePassword("a", tooLong));
    }

    [Theory, OnEach]
    public async Task AUserWithoutPasswordGetsNoToken(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await accounts.AddRootAsync();
        await accounts.AddUser("a", "", noPassword: true);
        await accounts.ChangePassword("a", "1");
        await accounts.Enable();
        await Refused(
            GrpcCode.Unknown,
            "auth: authentication failed, password was given for no password user",
            accounts.Authenticate("a", "1")
        );
        await Refused(
            GrpcCode.Unknown,
            "auth: authentication failed, password was given for no password user",
            accounts.Authenticate("a", "")
        );
    }

    [Theory, OnEach]
    public async Task AnEmptyPasswordIsAPasswordWhenAddedButNotWhenChanged(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await accounts.AddRootAsync();
        await accounts.AddUser("a", "1");
        await accounts.ChangePassword("a", "");
        await accounts.Enable();
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: authentication failed, invalid user ID or password",
            accounts.Authenticate("a", "")
        );
    }

    [Theory, OnEach]
    public async Task EachChangeCountsAndNothingElse(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        Assert.Equal(1UL, await accounts.RevisionAsync());
        await accounts.AddRootAsync();
        Assert.Equal(3UL, await accounts.RevisionAsync());
        await accounts.GrantRole("root", "root");
        await accounts.GetUser("root");
        await accounts.ListUsers();
        Assert.Equal(3UL, await accounts.RevisionAsync());
        await accounts.ChangePassword("root", Accounts.RootPassword);
        Assert.Equal(4UL, await accounts.RevisionAsync());
        await accounts.AddRole("r");
        Assert.Equal(5UL, await accounts.RevisionAsync());
        await accounts.Grant("r", Api.Authpb.Permission.Types.Type.Read, "a");
        await accounts.Grant("r", Api.Authpb.Permission.Types.Type.Read, "a");
        Assert.Equal(7UL, await accounts.RevisionAsync());
        await accounts.Revoke("r", "a");
        await accounts.GrantRole("root", "r");
        await accounts.RevokeRole("root", "r");
        await accounts.DeleteRole("r");
        Assert.Equal(11UL, await accounts.RevisionAsync());
        await accounts.AddUser("a", "1");
        await accounts.DeleteUser("a");
        Assert.Equal(13UL, await accounts.RevisionAsync());
        await accounts.Disable();
        Assert.Equal(13UL, await accounts.RevisionAsync());
        await accounts.Enable();
        await using var root = await accounts.LogInAsync("root", Accounts.RootPassword);
        Assert.Equal(13UL, await root.RevisionAsync());
        await root.Disable();
        Assert.Equal(14UL, await accounts.RevisionAsync());
    }
}
