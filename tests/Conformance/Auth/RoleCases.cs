using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Conformance.Auth;

public sealed class RoleCases
{
    private const string NotFound = "etcdserver: role name not found";
    private const Permission.Types.Type Read = Permission.Types.Type.Read;
    private const Permission.Types.Type Write = Permission.Types.Type.Write;
    private const Permission.Types.Type ReadWrite = Permission.Types.Type.Readwrite;

    [Theory, OnEach]
    public async Task RolesAreAddedListedAndDeleted(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await accounts.AddRole("b");
        await accounts.AddRole("a");
        Assert.Equal(["a", "b"], (await accounts.ListRoles()).Roles);
        await Refused(GrpcCode.InvalidArgument, "etcdserver: role name is empty", accounts.AddRole(""));
        await Refused(GrpcCode.FailedPrecondition, "etcdserver: role name already exists", accounts.AddRole("a"));
        await accounts.DeleteRole("a");
        await Refused(GrpcCode.FailedPrecondition, NotFound, accounts.DeleteRole("a"));
        await Refused(GrpcCode.FailedPrecondition, NotFound, accounts.GetRole("a"));
    }

    [Theory, OnEach]
    public async Task ARoleThatGoesIsTakenFromItsUsers(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await accounts.AddRole("r");
        await accounts.AddRole("s");
        await accounts.AddUser("a", "1");
        await accounts.GrantRole("a", "r");
        await accounts.GrantRole("a", "s");
        await accounts.DeleteRole("r");
        Assert.Equal(["s"], (await accounts.GetUser("a")).Roles);
        await accounts.AddRole("r");
        Assert.Equal(["s"], (await accounts.GetUser("a")).Roles);
    }

    [Theory, OnEach(Since = "3.7")]
    public async Task TheRootRoleNeedNotBeThere(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await Refused(GrpcCode.FailedPrecondition, NotFound, accounts.GetRole("root"));
        await accounts.AddRole("root");
        Assert.Equal([(ReadWrite, "", "\0")], Permissions(await accounts.GetRole("root")));
        await accounts.Grant("root", Read, "a");
        Assert.Equal([(ReadWrite, "", "\0")], Permissions(await accounts.GetRole("root")));
    }

    [Theory, OnEach]
    public async Task PermissionsAreInTheOrderOfTheirKeysAndChangedWhereTheyAre(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await accounts.AddRole("r");
        await accounts.Grant("r", Read, "c");
        await accounts.Grant("r", Write, "a", "b");
        await accounts.Grant("r", ReadWrite, "b", "\0");
        await accounts.Grant("r", Write, "c");
        Assert.Equal([(Write, "a", "b"), (ReadWrite, "b", "\0"), (Write, "c", "")], Permissions(await accounts.GetRole("r")));
        await accounts.Revoke("r", "b", "\0");
        Assert.Equal([(Write, "a", "b"), (Write, "c", "")], Permissions(await accounts.GetRole("r")));
        await Refused(
            GrpcCode.FailedPrecondition,
            "etcdserver: permission is not granted to the role",
            accounts.Revoke("r", "a")
        );
        await Refused(GrpcCode.FailedPrecondition, NotFound, accounts.Revoke("s", "a"));
        await Refused(GrpcCode.FailedPrecondition, NotFound, accounts.Grant("s", Read, "a"));
    }

    /// <summary>Only the first of those that begin with the key is looked at.</summary>
    [Theory, OnEach]
    public async Task APermissionBehindAnotherOneOfItsKeyIsGrantedTwice(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await accounts.AddRole("r");
        await accounts.Grant("r", Read, "a", "b");
        await accounts.Grant("r", Read, "a", "c");
        await accounts.Grant("r", Write, "a", "c");
        Assert.Equal([(Read, "a", "b"), (Read, "a", "c"), (Write, "a", "c")], Permissions(await accounts.GetRole("r")));
        await accounts.Revoke("r", "a", "c");
        Assert.Equal([(Read, "a", "b")], Permissions(await accounts.GetRole("r")));
    }

    [Theory]
    [OnEach("", "")]
    [OnEach("", "b")]
    [OnEach("b", "a")]
    [OnEach("a", "a")]
    [OnEach("a\0", "a")]
    public async Task WhatIsNoRangeIsRefused(ServerKind kind, string key, string rangeEnd)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await accounts.AddRole("r");
        await Refused(GrpcCode.InvalidArgument, "etcdserver: invalid auth management", accounts.Grant("r", Read, key, rangeEnd));
        Assert.Empty((await accounts.GetRole("r")).Perm);
    }

    [Theory, OnEach]
    public async Task ARequestWithoutPermissionIsRefused(ServerKind kind)
    {
        await using var accounts = await Accounts.StartAsync(kind);
        await accounts.AddRole("r");
        await Refused(
            GrpcCode.InvalidArgument,
            "etcdserver: permission not given",
            accounts.Call<AuthRoleGrantPermissionResponse>(
                "RoleGrantPermission",
                new AuthRoleGrantPermissionRequest { Name = "r" }
            )
        );
    }

    private static IEnumerable<(Permission.Types.Type Type, string Key, string RangeEnd)> Permissions(AuthRoleGetResponse role) =>
        role.Perm.Select(one => (one.PermType, one.Key.ToStringUtf8(), one.RangeEnd.ToStringUtf8()));
}
