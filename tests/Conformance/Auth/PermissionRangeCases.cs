using EtcdSharp.Api.Authpb;
using static EtcdSharp.Conformance.Auth.AuthCalls;

namespace EtcdSharp.Conformance.Auth;

/// <summary>Which ranges are within the permissions of a user.</summary>
public sealed class PermissionRangeCases(AuthMembers members) : IClassFixture<AuthMembers>
{
    /// <param name="granted">What the one role of the user may read.</param>
    /// <param name="allowed">Requests within it.</param>
    /// <param name="denied">Requests that are not.</param>
    [Theory]
    [OnEach("b", "b b..b0", "a c bb b..c b.. a..c .. a..b b..b0a")]
    [OnEach("b..d", "b bz c c..c b..d bb..cc b..b0 c..d", "a d d0 a..d b..d0 b..e b.. a..e d..e ..")]
    [OnEach("b..", "b c zz b..c b.. c.. x..y", "a a.. a..c ..")]
    [OnEach("..", "0 a zz .. a..b a.. ~~", "")]
    [OnEach("b..c c..d", "b c b..d bb..cc", "d b..e a..d b..")]
    [OnEach("c..d b..c", "b..d bb..cc", "b..e a..d")]
    [OnEach("b..d c..e", "b..e bb..dd c..d", "a..e b..f b..")]
    [OnEach("b..z c..d", "b..z c..y", "b..za")]
    [OnEach("b..c d..e", "b..c d..e b d", "b..e bb..dd b..d c..d c")]
    [OnEach("b b0..c", "b b..c b0..c", "a..c b..d")]
    [OnEach("b c", "b c", "b..c b..c0")]
    [OnEach("b..d d", "b..d b..d0 d", "b..e b..d00")]
    [OnEach("b..c c..", "b..c b..z b.. x..", "a..b ..")]
    [OnEach("b..d c..", "b.. c.. b..z", "a.. a..c")]
    [OnEach("a..b b..c c..d d..e e..f", "a..f b..e", "a..g")]
    [OnEach("a..z e..f b..c", "a..z c..y", "a..za")]
    public async Task ARangeMustBeCovered(ServerKind kind, string granted, string allowed, string denied)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", [.. Split(granted).Select(keys => Allow.Read(Nul(keys)))]);
        foreach (var keys in Split(allowed))
        {
            await ann.Range(Allow.Get(Nul(keys)));
        }
        foreach (var keys in Split(denied))
        {
            await MustBeDenied(keys, ann.Range(Allow.Get(Nul(keys))));
        }
    }

    // Where the end is not above the first key there is nothing to read; the first key is looked at all the same.
    [Theory, OnEach]
    public async Task OfAReversedRangeTheFirstKeyCounts(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("b..d"));
        foreach (var keys in new[] { "c..a", "b..a", "c..c", "b..b" })
        {
            Assert.Empty((await ann.Range(Allow.Get(keys))).Kvs);
        }
        foreach (var keys in new[] { "d..c", "e..c", "a..a" })
        {
            await MustBeDenied(keys, ann.Range(Allow.Get(keys)));
        }
    }

    [Theory, OnEach]
    public async Task TwoRolesAddUp(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("a..c"));
        await member.User("bob", Allow.Read("c..e"));
        await MustBeDenied("a..e", ann.Range(Allow.Get("a..e")));
        await member.Root.UserGrantRole("ann", "bob");
        await ann.Range(Allow.Get("a..e"));
        await member.Root.RoleRevokePermission("bob", Allow.Read("c..e"));
        await MustBeDenied("a..e", ann.Range(Allow.Get("a..e")));
        await ann.Range(Allow.Get("a..c"));
    }

    [Theory, OnEach]
    public async Task ReadingAndWritingAreApart(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("r..s"), Allow.Write("w..x"), Allow.ReadWrite("b..c"));
        foreach (var key in new[] { "r", "b" })
        {
            await ann.Range(Get(Utf8(key)));
        }
        foreach (var key in new[] { "w", "b" })
        {
            await ann.Put(Put(Utf8(key), "x"));
            await ann.DeleteRange(Ask.Delete(Utf8(key)));
        }
        await Denied(ann.Range(Get(Utf8("w"))));
        await Denied(ann.Put(Put(Utf8("r"), "x")));
        await Denied(ann.DeleteRange(Ask.Delete(Utf8("r"))));
        await Denied(ann.DeleteRange(Allow.Delete("r..s")));
        await ann.DeleteRange(Allow.Delete("w..x"));
        await Denied(ann.DeleteRange(Allow.Delete("w..y")));
    }

    [Theory, OnEach]
    public async Task ReadingHereAndWritingThereCoverNoRange(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Read("a..c"), Allow.Write("c..e"), Allow.ReadWrite("e..g"));
        await Denied(ann.Range(Allow.Get("a..e")));
        await Denied(ann.DeleteRange(Allow.Delete("a..e")));
        await ann.DeleteRange(Allow.Delete("c..g"));
        await Denied(ann.Range(Allow.Get("c..g")));
    }

    [Theory, OnEach]
    public async Task TheLastGrantOfARangeCounts(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.ReadWrite("a..c"));
        await ann.Put(Put(Utf8("a"), "x"));
        await member.Root.RoleGrantPermission("ann", Allow.Read("a..c"));
        await Denied(ann.Put(Put(Utf8("a"), "x")));
        await ann.Range(Get(Utf8("a")));
        await member.Root.RoleGrantPermission("ann", Allow.Write("a..c"));
        await ann.Put(Put(Utf8("a"), "x"));
        await Denied(ann.Range(Get(Utf8("a"))));
    }

    [Theory, OnEach]
    public async Task KeysAreComparedAsBytes(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var high = ByteString.CopyFrom(0xff, 0xfe);
        var ann = await member.User(
            "ann",
            new Permission { Key = ByteString.CopyFrom(0xf0), RangeEnd = ByteString.CopyFrom(0xff, 0xff) }
        );
        await ann.Range(Get(high));
        await ann.Range(new RangeRequest { Key = high, RangeEnd = ByteString.CopyFrom(0xff, 0xff) });
        await Denied(ann.Range(new RangeRequest { Key = high, RangeEnd = Zero }));
        await Denied(ann.Range(Get(Utf8("~"))));
    }

    [Theory, OnEach]
    public async Task TheRoleRootCoversEverything(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        await member.Root.Range(Allow.Get(".."));
        await member.Root.Put(Put(Zero, "x"));
        await member.Root.DeleteRange(Ask.Delete(Zero));
        await member.Root.RoleAdd("root");
        await member.Root.RoleGrantPermission("root", Allow.Read("a"));
        await member.Root.Put(Put(Utf8("b"), "x"));
    }

    // In the tables "0" after a letter stands for the byte 0.
    private static string Nul(string keys) => keys.Replace('0', '\0');

    private static string[] Split(string ranges) => ranges.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static async Task MustBeDenied(string keys, Task call)
    {
        var end = await Record.ExceptionAsync(() => call);
        Assert.Equal($"{keys}: {GrpcCode.PermissionDenied}: {NotPermitted}", $"{keys}: {end?.Message}");
    }
}
