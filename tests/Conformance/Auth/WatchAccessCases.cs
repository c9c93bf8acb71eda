using static EtcdSharp.Conformance.Auth.AuthCalls;

namespace EtcdSharp.Conformance.Auth;

/// <summary>Watching is reading; a user is looked at when a watcher is created, and not again.</summary>
public sealed class WatchAccessCases(AuthMembers members) : IClassFixture<AuthMembers>
{
    private const string DeniedReason = "rpc error: code = PermissionDenied desc = " + NotPermitted;
    private const string NoUserReason = "rpc error: code = InvalidArgument desc = " + NoUser;
    private const string BadTokenReason = "rpc error: code = Unauthenticated desc = " + InvalidToken;

    private static WatchRequest Of(string keys)
    {
        var (key, end) = Allow.Keys(keys);
        return Create(new WatchCreateRequest { Key = key, RangeEnd = end });
    }

    private static async Task Granted(DuplexCall<WatchRequest, WatchResponse> watch, string keys)
    {
        await watch.WriteAsync(Of(keys));
        var answer = await watch.Next();
        Assert.Equal($"{keys}: True False ", $"{keys}: {answer.Created} {answer.Canceled} {answer.CancelReason}");
    }

    private static async Task NotGranted(DuplexCall<WatchRequest, WatchResponse> watch, string keys, string reason)
    {
        await watch.WriteAsync(Of(keys));
        var answer = await watch.Next();
        Assert.Equal(
            $"{keys}: True True -1 {reason}",
            $"{keys}: {answer.Created} {answer.Canceled} {answer.WatchId} {answer.CancelReason}"
        );
        Assert.Empty(answer.Events);
        Assert.True(answer.Header.Revision > 0);
    }

    [Theory, OnEach]
    public async Task ADeniedWatcherIsCreatedAndCanceledAtOnce(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("b..d"), Allow.Read("d..e"), Allow.Write("w"));
        await using var watch = ann.Watch();
        foreach (var keys in new[] { "a", "a..c", "b..f", "e", "..", "a..", "w" })
        {
            await NotGranted(watch, keys, DeniedReason);
        }
        foreach (var keys in new[] { "b", "c", "b..d", "b..e", "c..d" })
        {
            await Granted(watch, keys);
        }
    }

    [Theory, OnEach]
    public async Task ADeniedWatcherLeavesTheOthersOfTheStream(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.ReadWrite("a"));
        await using var watch = ann.Watch();
        await Granted(watch, "a");
        await NotGranted(watch, "b", DeniedReason);
        await ann.Put(Put(Utf8("a"), "x"));
        Assert.Equal("a", Assert.Single(await watch.Events(1)).Kv.Key.ToStringUtf8());
    }

    [Theory, OnEach]
    public async Task AWatcherNeedsAUser(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await using var nobody = member.Nobody.Watch();
        await NotGranted(nobody, "a", NoUserReason);
        await using var pretender = member.Pretender.Watch();
        await NotGranted(pretender, "a", BadTokenReason);
        await NotGranted(pretender, "a", BadTokenReason);
        await using var root = member.Root.Watch();
        await Granted(root, "..");
    }

    // Before 3.7 the first key alone was looked at where a range had no upper end.
    [Theory, OnEach(Since = "3.7")]
    public async Task AWatcherWithoutAnUpperEndNeedsAllKeysAbove(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("b..d"), Allow.Read("m.."));
        await using var watch = ann.Watch();
        await NotGranted(watch, "b..", DeniedReason);
        await NotGranted(watch, "c..", DeniedReason);
        await Granted(watch, "m..");
        await Granted(watch, "n..");
    }

    [Theory, OnEach]
    public async Task WithoutAKeyTheFirstKeyOfAllIsMeant(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("\0..b"));
        await using var watch = ann.Watch();
        await watch.WriteAsync(Create(new WatchCreateRequest()));
        Assert.False((await watch.Next()).Canceled);
        await watch.WriteAsync(Create(new WatchCreateRequest { RangeEnd = Utf8("b") }));
        Assert.False((await watch.Next()).Canceled);
        await watch.WriteAsync(Create(new WatchCreateRequest { RangeEnd = Utf8("c") }));
        Assert.Equal(DeniedReason, (await watch.Next()).CancelReason);
    }

    [Theory, OnEach]
    public async Task ThePreviousValueAsksForNoMore(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("a"));
        await member.Root.Put(Put(Utf8("a"), "old"));
        await using var watch = ann.Watch();
        await watch.WriteAsync(Create(new WatchCreateRequest { Key = Utf8("a"), PrevKv = true }));
        Assert.False((await watch.Next()).Canceled);
        await member.Root.Put(Put(Utf8("a"), "new"));
        Assert.Equal("old", Assert.Single(await watch.Events(1)).PrevKv.Value.ToStringUtf8());
    }

    [Theory, OnEach]
    public async Task AWatcherOutlivesItsPermissionAndItsUser(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("a"));
        await using var watch = ann.Watch();
        await Granted(watch, "a");
        await member.Root.RoleRevokePermission("ann", Allow.Read("a"));
        await member.Root.Put(Put(Utf8("a"), "1"));
        Assert.Equal("1", Assert.Single(await watch.Events(1)).Kv.Value.ToStringUtf8());
        await NotGranted(watch, "a", DeniedReason);
        await member.Root.UserDelete("ann");
        await member.Root.Put(Put(Utf8("a"), "2"));
        Assert.Equal("2", Assert.Single(await watch.Events(1)).Kv.Value.ToStringUtf8());
        await NotGranted(watch, "a", BadTokenReason);
    }

    [Theory, OnEach]
    public async Task AWatcherFromBeforeAuthenticationGoesOn(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await using var watch = member.Nobody.Watch();
        await Granted(watch, "a");
        await member.Enable();
        await member.Root.Put(Put(Utf8("a"), "1"));
        Assert.Equal("1", Assert.Single(await watch.Events(1)).Kv.Value.ToStringUtf8());
        await NotGranted(watch, "a", NoUserReason);
    }

    [Theory, OnEach]
    public async Task ProgressAndCancellationNeedNoUser(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("a"));
        await using var watch = ann.Watch();
        await Granted(watch, "a");
        await member.Root.UserDelete("ann");
        await watch.WriteAsync(Progress());
        var progress = await watch.Next();
        Assert.Equal((-1L, false), (progress.WatchId, progress.Canceled));
        await watch.WriteAsync(Cancel(0));
        Assert.Equal((0L, true, ""), await CanceledOf(watch));
    }

    // A revision before the first is refused as compacted, before anybody is looked at.
    [Theory, OnEach]
    public async Task ANegativeRevisionIsToldBeforeWhoMay(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await using var watch = member.Nobody.Watch();
        await watch.WriteAsync(Watch(Utf8("a"), -1));
        Assert.Equal((-1L, true, "etcdserver: mvcc: required revision has been compacted"), await CanceledOf(watch));
    }

    private static async Task<(long Id, bool Canceled, string Reason)> CanceledOf(DuplexCall<WatchRequest, WatchResponse> watch)
    {
        var answer = await watch.Next();
        return (answer.WatchId, answer.Canceled, answer.CancelReason);
    }
}
