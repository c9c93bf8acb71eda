using System.Diagnostics;
using System.Globalization;
using static EtcdSharp.Conformance.Auth.AuthCalls;

namespace EtcdSharp.Conformance.Auth;

/// <summary>Tokens: who gets one, what it looks like, and how long it is good for something.</summary>
public sealed class AuthenticationCases(AuthMembers members) : IClassFixture<AuthMembers>
{
    private const string Failed = "etcdserver: authentication failed, invalid user ID or password";

    private static readonly RangeRequest s_anything = Get(Utf8("a"));

    [Theory, OnEach]
    public async Task WhileItIsOffNobodyLogsIn(ServerKind kind)
    {
        const string off = "etcdserver: authentication is not enabled";
        await using var member = await members.Open(kind);
        await member.Nobody.UserAdd("ann", "secret");
        await Refused(GrpcCode.FailedPrecondition, off, member.Nobody.Authenticate("ann", "secret"));
        await Refused(GrpcCode.FailedPrecondition, off, member.Nobody.Authenticate("nobody", ""));
    }

    [Theory]
    [OnEach("ann", "Secret")]
    [OnEach("ann", "secret ")]
    [OnEach("ann", "")]
    [OnEach("Ann", "secret")]
    [OnEach("nobody", "secret")]
    [OnEach("", "")]
    public async Task AWrongNameOrPasswordIsRefused(ServerKind kind, string name, string password)
    {
        await using var member = await members.Guarded(kind);
        await member.Root.UserAdd("ann", "secret");
        await Refused(GrpcCode.InvalidArgument, Failed, member.Nobody.Authenticate(name, password));
    }

    // The number is one of a log entry, at most that of the entry that made the token: a member that lags behind waits for it.
    [Theory, OnEach]
    public async Task ATokenIsSixteenLettersAndAnIndex(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var answer = await member.Nobody.Authenticate("root", AuthMember.RootPassword);
        var after = (await member.Root.Status()).RaftAppliedIndex;
        Assert.Matches("^[a-zA-Z]{16}\\.[0-9]+$", answer.Token);
        Assert.InRange(ulong.Parse(answer.Token[17..], CultureInfo.InvariantCulture), 1UL, after);
        Assert.NotEqual(0UL, answer.Header.MemberId);
        Assert.NotEqual(0UL, answer.Header.ClusterId);
        Assert.NotEqual(0UL, answer.Header.RaftTerm);
    }

    [Theory, OnEach]
    public async Task AUserMayHaveManyTokens(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await member.Root.UserAdd("ann", "secret");
        await member.Root.UserGrantRole("ann", "root");
        var first = await member.Nobody.Authenticate("ann", "secret");
        var second = await member.Nobody.Authenticate("ann", "secret");
        Assert.NotEqual(first.Token, second.Token);
        await member.WithToken(second.Token).Range(s_anything);
        await member.WithToken(first.Token).Range(s_anything);
    }

    [Theory, OnEach]
    public async Task WhoLogsInNeedsNoTokenAndABadOneDoesNotMatter(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await member.Pretender.Authenticate("root", AuthMember.RootPassword);
    }

    [Theory, OnEach]
    public async Task TheTokenMayBeInTheAuthorizationHeader(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var token = (await member.Nobody.Authenticate("root", AuthMember.RootPassword)).Token;
        await member.WithToken(token, "authorization").Range(s_anything);
        await member.WithToken(token, "Token").Range(s_anything);
        await BadToken(member.WithToken("nonsense", "authorization").Range(s_anything));
        await WithoutUser(member.WithToken(token, "x-token").Range(s_anything));
    }

    [Theory]
    [OnEach("token", Since = "3.6")]
    [OnEach("authorization", Since = "3.6")]
    public async Task TheTokenMayBeCalledABearer(ServerKind kind, string header)
    {
        await using var member = await members.Guarded(kind);
        var token = (await member.Nobody.Authenticate("root", AuthMember.RootPassword)).Token;
        await member.WithToken($"Bearer {token}", header).Range(s_anything);
        await BadToken(member.WithToken($"bearer {token}", header).Range(s_anything));
        await BadToken(member.WithToken($"Basic {token}", header).Range(s_anything));
        await BadToken(member.WithToken($"Bearer Bearer {token}", header).Range(s_anything));
    }

    [Theory, OnEach]
    public async Task OfTwoHeadersTheTokenCounts(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var token = (await member.Nobody.Authenticate("root", AuthMember.RootPassword)).Token;
        await With(token, "nonsense").Range(s_anything);
        await BadToken(With("nonsense", token).Range(s_anything));

        EtcdEndpoint With(string first, string second) =>
            member.With(new Dictionary<string, string>(StringComparer.Ordinal) { ["token"] = first, ["authorization"] = second });
    }

    [Theory]
    [OnEach("")]
    [OnEach("x")]
    [OnEach("abc.")]
    [OnEach(".1")]
    [OnEach("abc.x")]
    [OnEach("abc.-1")]
    [OnEach("abc.+1")]
    [OnEach("abc.1.1")]
    [OnEach("abc.99999999999999999999999")]
    [OnEach("abc.1")]
    [OnEach("abcdefghijklmnop.3")]
    public async Task ATokenThatIsNoneIsRefused(ServerKind kind, string token)
    {
        await using var member = await members.Guarded(kind);
        await BadToken(member.WithToken(token).Range(s_anything));
        await BadToken(member.WithToken(token).Put(Put(Utf8("a"), "x")));
    }

    [Theory, OnEach]
    public async Task TheIndexIsPartOfTheToken(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var token = (await member.Nobody.Authenticate("root", AuthMember.RootPassword)).Token;
        await BadToken(member.WithToken($"{token[..17]}1").Range(s_anything));
        await BadToken(member.WithToken($"{token[..17]}0{token[17..]}").Range(s_anything));
        await BadToken(member.WithToken(token.ToUpperInvariant()).Range(s_anything));
    }

    // A token of an index that the member has not applied might be of a log entry that is still to come.
    [Theory, OnEach]
    public async Task ATokenFromTheFutureIsWaitedFor(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var early = member.With(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["token"] = "abc.999999999", ["grpc-timeout"] = "300m" }
        );
        var started = Stopwatch.GetTimestamp();
        var end = await Record.ExceptionAsync(() => early.Range(s_anything));
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 250, 5000);

        // Either the transport gives the stream up, or one of the two who look at the clock answers.
        Assert.True(
            end is HttpRequestException or GrpcFailure { Code: GrpcCode.DeadlineExceeded or GrpcCode.Unauthenticated },
            $"{end}"
        );
    }

    [Theory, OnEach]
    public async Task AChangedPasswordEndsTheTokensOfItsUser(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("a"));
        var bob = await member.User("bob", Allow.Read("a"));
        await member.Root.UserChangePassword("ann", "new");
        await BadToken(ann.Range(s_anything));
        await bob.Range(s_anything);
        await (await member.LogIn("ann", "new")).Range(s_anything);
        await BadToken(ann.Range(s_anything));
    }

    [Theory, OnEach]
    public async Task RootsOwnNewPasswordEndsItsToken(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await member.Root.UserChangePassword("root", AuthMember.RootPassword);
        await BadToken(member.Root.UserList());
    }

    [Theory, OnEach]
    public async Task ADeletedUsersTokensEnd(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("a"));
        await member.Root.UserDelete("ann");
        await BadToken(ann.Range(s_anything));
        await Refused(GrpcCode.InvalidArgument, Failed, member.LogIn("ann", "ann"));
        await member.Root.UserAdd("ann", "ann");
        await member.Root.UserGrantRole("ann", "ann");
        await BadToken(ann.Range(s_anything));
        await (await member.LogIn("ann", "ann")).Range(s_anything);
    }

    [Theory, OnEach]
    public async Task DisablingEndsAllTokens(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("a"));
        var root = member.Root;
        await root.AuthDisable();
        await ann.Put(Put(Utf8("z"), "x"));
        await member.Nobody.AuthEnable();
        await BadToken(ann.Range(s_anything));
        await BadToken(root.AuthDisable());
        await (await member.LogIn("ann", "ann")).Range(s_anything);
    }

    [Theory, OnEach]
    public async Task EnablingAgainEndsNoToken(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("a"));
        await member.Root.AuthEnable();
        await ann.Range(s_anything);
    }

    [Theory, OnEach]
    public async Task ATokenIsGoodForWhatItsUserMayNow(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann");
        await Denied(ann.Range(s_anything));
        await member.Root.RoleGrantPermission("ann", Allow.Read("a"));
        await ann.Range(s_anything);
        await member.Root.RoleRevokePermission("ann", Allow.Read("a"));
        await Denied(ann.Range(s_anything));
        await member.Root.UserGrantRole("ann", "root");
        await ann.Range(s_anything);
        await ann.UserList();
        await member.Root.UserRevokeRole("ann", "root");
        await Denied(ann.Range(s_anything));
        await Denied(ann.UserList());
        await member.Root.RoleGrantPermission("ann", Allow.Read("a"));
        await ann.Range(s_anything);
        await member.Root.UserRevokeRole("ann", "ann");
        await Denied(ann.Range(s_anything));
        await member.Root.UserGrantRole("ann", "ann");
        await ann.Range(s_anything);
        await member.Root.RoleDelete("ann");
        await Denied(ann.Range(s_anything));
    }
}
