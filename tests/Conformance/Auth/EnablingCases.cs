using System.Text.RegularExpressions;

namespace EtcdSharp.Conformance.Auth;

/// <summary>Turning authentication on and off, and the tokens that it gives meanwhile.</summary>
public sealed partial class EnablingCases
{
    private const string Failed = "etcdserver: authentication failed, invalid user ID or password";
    private const string InvalidToken = "etcdserver: invalid auth token";

    [Theory, OnEach]
    public async Task SomebodyMustBeAbleToTurnItOffAgain(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        Assert.False((await accounts.Status()).Enabled);
        await Refused(GrpcCode.FailedPrecondition, "etcdserver: root user does not exist", accounts.Enable());
        await accounts.AddUser("root", Accounts.RootPassword);
        await Refused(GrpcCode.FailedPrecondition, "etcdserver: root user does not have root role", accounts.Enable());
        await accounts.GrantRole("root", "root");
        await accounts.Disable();
        await accounts.Enable();
        await using var root = await accounts.LogInAsync("root", Accounts.RootPassword);
        Assert.True((await root.Status()).Enabled);
        await root.Enable();
        await Refused(GrpcCode.InvalidArgument, "etcdserver: invalid auth management", root.DeleteUser("root"));
        await Refused(GrpcCode.InvalidArgument, "etcdserver: invalid auth management", root.RevokeRole("root", "root"));
        await Refused(GrpcCode.InvalidArgument, "etcdserver: invalid auth management", root.DeleteRole("root"));
        await root.Disable();
        Assert.False((await accounts.Status()).Enabled);
        await accounts.DeleteUser("root");
    }

    [Theory, OnEach]
    public async Task NobodyGetsATokenWhileItIsOff(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await accounts.AddRootAsync();
        await Refused(
            GrpcCode.FailedPrecondition,
            "etcdserver: authentication is not enabled",
            accounts.Authenticate("root", Accounts.RootPassword)
        );
        await using var nonsense = accounts.WithToken("nonsense");
        await nonsense.Etcd.Put(Put(Utf8("a"), "1"));
    }

    [Theory, OnEach]
    public async Task ATokenIsGivenForTheRightPasswordAlone(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind);
        await using var _ = nobody;
        await Refused(GrpcCode.InvalidArgument, Failed, nobody.Authenticate("user", "wrong"));
        await Refused(GrpcCode.InvalidArgument, Failed, nobody.Authenticate("user", ""));
        await Refused(GrpcCode.InvalidArgument, Failed, nobody.Authenticate("User", "user's"));
        await Refused(GrpcCode.InvalidArgument, Failed, nobody.Authenticate("", ""));
        var answer = await nobody.Authenticate("user", "user's");
        Assert.Matches(SimpleToken(), answer.Token);
        Assert.True(answer.Header is { Revision: 1, RaftTerm: > 0 }, answer.ToString());
        Assert.NotEqual(answer.Token, (await nobody.Authenticate("user", "user's")).Token);

        // Whoever shows a token that is not valid is let in for a valid password.
        await using var nonsense = nobody.WithToken("nonsense");
        Assert.NotEmpty((await nonsense.Authenticate("user", "user's")).Token);
    }

    [Theory]
    [OnEach("token", "{0}")]
    [OnEach("authorization", "{0}")]
    public async Task ATokenIsFoundInEitherHeader(ServerKind kind, string header, string form)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind);
        await using var _ = nobody;
        var token = (await nobody.Authenticate("root", Accounts.RootPassword)).Token;
        await using var shown = nobody.WithToken(string.Format(null, form, token), header);
        await shown.Etcd.Put(Put(Utf8("a"), "1"));
    }

    [Theory, OnEach(Since = "3.7")]
    public async Task ATokenMayHaveTheWordThatBrowsersPutBefore(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind);
        await using var _ = nobody;
        var token = (await nobody.Authenticate("root", Accounts.RootPassword)).Token;
        await using var shown = nobody.WithToken("Bearer " + token, "authorization");
        await shown.Etcd.Put(Put(Utf8("a"), "1"));
    }

    [Theory]
    [OnEach("")]
    [OnEach("nonsense")]
    [OnEach("nonsense.")]
    [OnEach("nonsense.x")]
    [OnEach("nonsense.-1")]
    [OnEach("nonsense.1")]
    [OnEach(".1")]
    [OnEach("nonsense.1.1")]
    [OnEach("nonsense.99999999999999999999999")]
    public async Task WhatIsNoTokenIsRefused(ServerKind kind, string token)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind);
        await using var _ = nobody;
        await using var shown = nobody.WithToken(token);
        await Refused(GrpcCode.Unauthenticated, InvalidToken, shown.Etcd.Put(Put(Utf8("a"), "1")));
        await Refused(GrpcCode.Unauthenticated, InvalidToken, shown.Etcd.Range(Get(Utf8("a"))));
        await Refused(GrpcCode.Unauthenticated, InvalidToken, shown.ListUsers());
    }

    [Theory, OnEach]
    public async Task ATokenEndsWithThePasswordTheUserAndAuthentication(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind, (Api.Authpb.Permission.Types.Type.Readwrite, "a", ""));
        await using var _ = nobody;
        await user.Etcd.Put(Put(Utf8("a"), "1"));
        await root.ChangePassword("user", "another");
        await Refused(GrpcCode.Unauthenticated, InvalidToken, user.Etcd.Put(Put(Utf8("a"), "1")));
        await using var again = await nobody.LogInAsync("user", "another");
        await again.Etcd.Put(Put(Utf8("a"), "1"));
        await root.DeleteUser("user");
        await Refused(GrpcCode.Unauthenticated, InvalidToken, again.Etcd.Put(Put(Utf8("a"), "1")));
        await root.Disable();
        await nobody.Enable();
        await Refused(GrpcCode.Unauthenticated, InvalidToken, root.Etcd.Put(Put(Utf8("a"), "1")));
    }

    [Theory, OnEach]
    public async Task ATokenOutlivesOtherChangesAndFollowsThem(ServerKind kind)
    {
        var (nobody, root, user) = await Accounts.EnabledAsync(kind);
        await using var _ = nobody;
        await Refused(GrpcCode.PermissionDenied, "etcdserver: permission denied", user.Etcd.Put(Put(Utf8("a"), "1")));
        await root.Grant("role", Api.Authpb.Permission.Types.Type.Readwrite, "a");
        await user.Etcd.Put(Put(Utf8("a"), "1"));
        await root.RevokeRole("user", "role");
        await Refused(GrpcCode.PermissionDenied, "etcdserver: permission denied", user.Etcd.Put(Put(Utf8("a"), "1")));
        await root.GrantRole("user", "root");
        await user.Etcd.Put(Put(Utf8("anything"), "1"));
        Assert.Equal(["root", "user"], (await user.ListUsers()).Users);
    }

    [GeneratedRegex("^[a-zA-Z]{16}\\.[0-9]+$", RegexOptions.NonBacktracking)]
    private static partial Regex SimpleToken();
}
