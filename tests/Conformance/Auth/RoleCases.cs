using EtcdSharp.Api.Authpb;
using static EtcdSharp.Conformance.Auth.AuthCalls;

namespace EtcdSharp.Conformance.Auth;

public sealed class RoleCases(AuthMembers members) : IClassFixture<AuthMembers>
{
    private const string NotGranted = "etcdserver: permission is not granted to the role";

    private static async Task<string> PermissionsOf(EtcdEndpoint etcd, string role) =>
        string.Join(' ', (await etcd.RoleGet(role)).Perm.Select(Text));

    private static string Text(Permission permission)
    {
        var end = permission.RangeEnd.IsEmpty ? "" : $"..{Text(permission.RangeEnd)}";
        return $"{permission.PermType}:{Text(permission.Key)}{end}";
    }

    private static string Text(ByteString key) => key.ToStringUtf8().Replace("\0", "0", StringComparison.Ordinal);

    [Theory, OnEach]
    public async Task ARoleIsAddedListedAndDeleted(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var etcd = member.Nobody;
        Assert.Empty((await etcd.RoleList()).Roles);
        var added = await etcd.RoleAdd("reader");
        Assert.NotEqual(0UL, added.Header.MemberId);
        Assert.NotEqual(0UL, added.Header.RaftTerm);
        Assert.Equal(["reader"], (await etcd.RoleList()).Roles);
        Assert.Empty((await etcd.RoleGet("reader")).Perm);
        await etcd.RoleDelete("reader");
        Assert.Empty((await etcd.RoleList()).Roles);
    }

    [Theory, OnEach]
    public async Task RolesAreListedInTheOrderOfTheirNames(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        foreach (var name in new[] { "b", "Z", "a", "root", "ä", "aa" })
        {
            await member.Nobody.RoleAdd(name);
        }
        Assert.Equal(["Z", "a", "aa", "b", "root", "ä"], (await member.Nobody.RoleList()).Roles);
    }

    [Theory, OnEach]
    public async Task ARoleNeedsAName(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await Refused(GrpcCode.InvalidArgument, "etcdserver: role name is empty", member.Nobody.RoleAdd(""));
    }

    [Theory, OnEach]
    public async Task ARoleIsAddedOnce(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await member.Nobody.RoleAdd("reader");
        await Refused(GrpcCode.FailedPrecondition, "etcdserver: role name already exists", member.Nobody.RoleAdd("reader"));
    }

    [Theory]
    [OnEach("get")]
    [OnEach("delete")]
    [OnEach("grant")]
    [OnEach("revoke")]
    public async Task AMissingRoleIsRefused(ServerKind kind, string what)
    {
        await using var member = await members.Open(kind);
        foreach (var name in new[] { "missing", "", "root" })
        {
            Task call = what switch
            {
                "get" => member.Nobody.RoleGet(name),
                "delete" => member.Nobody.RoleDelete(name),
                "grant" => member.Nobody.RoleGrantPermission(name, Allow.Read("a")),
                _ => member.Nobody.RoleRevokePermission(name, Allow.Read("a")),
            };
            await Refused(GrpcCode.FailedPrecondition, RoleNotFound, call);
        }
    }

    [Theory, OnEach]
    public async Task ADeletedRoleIsTakenFromItsUsers(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var etcd = member.Nobody;
        await etcd.RoleAdd("reader");
        await etcd.RoleAdd("writer");
        foreach (var user in new[] { "ann", "bob" })
        {
            await etcd.UserAdd(user, "secret");
            await etcd.UserGrantRole(user, "reader");
            await etcd.UserGrantRole(user, "writer");
        }
        await etcd.RoleDelete("reader");
        Assert.Equal(["writer"], (await etcd.UserGet("ann")).Roles);
        Assert.Equal(["writer"], (await etcd.UserGet("bob")).Roles);
        await etcd.RoleAdd("reader");
        Assert.Equal(["writer"], (await etcd.UserGet("ann")).Roles);
    }

    [Theory, OnEach]
    public async Task DeletingTheRoleRootTakesItFromItsUsers(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await member.Nobody.UserAdd("ann", "secret");
        await member.Nobody.UserGrantRole("ann", "root");
        await Refused(GrpcCode.FailedPrecondition, RoleNotFound, member.Nobody.RoleDelete("root"));
        Assert.Equal(["root"], (await member.Nobody.UserGet("ann")).Roles);
        await member.Nobody.RoleAdd("root");
        await member.Nobody.RoleDelete("root");
        Assert.Empty((await member.Nobody.UserGet("ann")).Roles);
    }

    [Theory, OnEach]
    public async Task PermissionsAreListedInTheOrderOfTheirKeys(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var etcd = member.Nobody;
        await etcd.RoleAdd("reader");
        await etcd.RoleGrantPermission("reader", Allow.Write("b"));
        await etcd.RoleGrantPermission("reader", Allow.ReadWrite("d..f"));
        await etcd.RoleGrantPermission("reader", Allow.Read("a..c"));
        await etcd.RoleGrantPermission("reader", Allow.Read("c.."));
        await etcd.RoleGrantPermission("reader", Allow.Write(".."));
        Assert.Equal("Write:0..0 Read:a..c Write:b Read:c..0 Readwrite:d..f", await PermissionsOf(etcd, "reader"));
    }

    [Theory, OnEach]
    public async Task GrantingAKeyAgainChangesWhatMayBeDone(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var etcd = member.Nobody;
        await etcd.RoleAdd("reader");
        await etcd.RoleGrantPermission("reader", Allow.Read("a"));
        await etcd.RoleGrantPermission("reader", Allow.Read("b..d"));
        await etcd.RoleGrantPermission("reader", Allow.Write("a"));
        await etcd.RoleGrantPermission("reader", Allow.ReadWrite("b..d"));
        Assert.Equal("Write:a Readwrite:b..d", await PermissionsOf(etcd, "reader"));
    }

    // Only the first permission of a key is looked at to find out whether there is one of that range already.
    [Theory, OnEach]
    public async Task GrantingTheSecondRangeOfAKeyAgainAddsIt(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var etcd = member.Nobody;
        await etcd.RoleAdd("reader");
        await etcd.RoleGrantPermission("reader", Allow.Read("a"));
        await etcd.RoleGrantPermission("reader", Allow.Read("a..b"));
        await etcd.RoleGrantPermission("reader", Allow.Write("a..b"));
        await etcd.RoleGrantPermission("reader", Allow.Write("a"));
        Assert.Equal("Write:a Read:a..b Write:a..b", await PermissionsOf(etcd, "reader"));
        await etcd.RoleRevokePermission("reader", Allow.Read("a..b"));
        Assert.Equal("Write:a", await PermissionsOf(etcd, "reader"));
    }

    [Theory, OnEach]
    public async Task RangesOfOneKeyStayInTheOrderOfTheirGrants(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var etcd = member.Nobody;
        await etcd.RoleAdd("reader");
        foreach (var keys in new[] { "a..d", "b", "a..b", "a", "a..c" })
        {
            await etcd.RoleGrantPermission("reader", Allow.Read(keys));
        }
        Assert.Equal("Read:a..d Read:a..b Read:a Read:a..c Read:b", await PermissionsOf(etcd, "reader"));
    }

    [Theory, OnEach]
    public async Task APermissionIsRevokedByItsVeryRange(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        var etcd = member.Nobody;
        await etcd.RoleAdd("reader");
        await etcd.RoleGrantPermission("reader", Allow.Read("a..d"));
        foreach (var other in new[] { "a", "a..c", "b..d", "a.." })
        {
            await Refused(GrpcCode.FailedPrecondition, NotGranted, etcd.RoleRevokePermission("reader", Allow.Read(other)));
        }
        await etcd.RoleRevokePermission("reader", Allow.Write("a..d"));
        await Refused(GrpcCode.FailedPrecondition, NotGranted, etcd.RoleRevokePermission("reader", Allow.Read("a..d")));
        Assert.Equal("", await PermissionsOf(etcd, "reader"));
    }

    [Theory, OnEach]
    public async Task APermissionMustBeGiven(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: permission not given",
            member.Nobody.RoleGrantPermission("missing", null)
        );
    }

    [Theory]
    [OnEach("", "")]
    [OnEach("", "b")]
    [OnEach("", "\0")]
    [OnEach("b", "a")]
    [OnEach("b", "b")]
    [OnEach("b\0", "b")]
    public async Task APermissionOfNoKeyIsRefused(ServerKind kind, string key, string end)
    {
        await using var member = await members.Open(kind);
        var permission = new Permission { Key = Utf8(key), RangeEnd = Utf8(end) };
        await Refused(GrpcCode.InvalidArgument, InvalidManagement, member.Nobody.RoleGrantPermission("missing", permission));
    }

    [Theory]
    [OnEach("a", "", "Read:a")]
    [OnEach("a", "a\0", "Read:a..a0")]
    [OnEach("a", "b", "Read:a..b")]
    [OnEach("a", "\0", "Read:a..0")]
    [OnEach("\0", "\0", "Read:0..0")]
    [OnEach("\0", "", "Read:0")]
    [OnEach("\0", "a", "Read:0..a")]
    public async Task APermissionIsListedAsItWasGranted(ServerKind kind, string key, string end, string listed)
    {
        await using var member = await members.Open(kind);
        await member.Nobody.RoleAdd("reader");
        var permission = new Permission { Key = Utf8(key), RangeEnd = Utf8(end) };
        await member.Nobody.RoleGrantPermission("reader", permission);
        Assert.Equal(listed, await PermissionsOf(member.Nobody, "reader"));
    }

    [Theory, OnEach]
    public async Task AnUnknownTypeOfPermissionIsKeptAndAllowsNothing(ServerKind kind)
    {
        await using var member = await members.Guarded(kind);
        var ann = await member.User("ann", Allow.Of((Permission.Types.Type)7, "a"));
        Assert.Equal("7:a", await PermissionsOf(member.Root, "ann"));
        await Denied(ann.Range(Get(Utf8("a"))));
        await Denied(ann.Put(Put(Utf8("a"), "x")));
    }

    [Theory, OnEach(Since = "3.6")]
    public async Task TheRoleRootListsAllKeys(ServerKind kind)
    {
        await using var member = await members.Open(kind);
        await member.Nobody.RoleAdd("root");
        await member.Nobody.RoleGrantPermission("root", Allow.Read("a"));
        var all = Assert.Single((await member.Nobody.RoleGet("root")).Perm);
        Assert.Equal((Permission.Types.Type.Readwrite, ByteString.Empty, Zero), (all.PermType, all.Key, all.RangeEnd));
    }
}
