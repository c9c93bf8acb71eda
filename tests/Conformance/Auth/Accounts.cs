using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Conformance.Auth;

/// <summary>A member of its own and the calls of its Auth service, as one caller. What they answer with is often of no interest.</summary>
internal sealed class Accounts(EtcdEndpoint etcd) : IAsyncDisposable
{
    public const string RootPassword = "root's";

    private EtcdServer? _server;

    public EtcdEndpoint Etcd { get; } = etcd;

    /// <summary>With authentication off and nobody known.</summary>
    public static async Task<Accounts> StartAsync(ServerKind kind)
    {
        var server = await Servers.Fresh(kind, "--bcrypt-cost", "4");
        return new Accounts(server.Endpoint) { _server = server };
    }

    /// <summary>With authentication on; the user and her role have the name given, and the role the permissions.</summary>
    public static async Task<(Accounts Nobody, Accounts Root, Accounts User)> EnabledAsync(
        ServerKind kind,
        params (Permission.Types.Type Type, string Key, string RangeEnd)[] permissions
    )
    {
        var nobody = await StartAsync(kind);
        await nobody.AddRootAsync();
        await nobody.AddRole("role");
        foreach (var (type, key, rangeEnd) in permissions)
        {
            await nobody.Grant("role", type, key, rangeEnd);
        }

        await nobody.AddUser("user", "user's");
        await nobody.GrantRole("user", "role");
        await nobody.Enable();
        return (nobody, await nobody.LogInAsync("root", RootPassword), await nobody.LogInAsync("user", "user's"));
    }

    public async Task AddRootAsync()
    {
        await AddUser("root", RootPassword);
        await GrantRole("root", "root");
    }

    public Task<AuthUserAddResponse> AddUser(string name, string password, bool noPassword = false)
    {
        var request = new AuthUserAddRequest { Name = name, Password = password };
        if (noPassword)
        {
            request.Options = new UserAddOptions { NoPassword = true };
        }

        return Call<AuthUserAddResponse>("UserAdd", request);
    }

    public Task<AuthUserGetResponse> GetUser(string name) =>
        Call<AuthUserGetResponse>("UserGet", new AuthUserGetRequest { Name = name });

    public Task<AuthUserListResponse> ListUsers() => Call<AuthUserListResponse>("UserList", new AuthUserListRequest());

    public Task<AuthUserDeleteResponse> DeleteUser(string name) =>
        Call<AuthUserDeleteResponse>("UserDelete", new AuthUserDeleteRequest { Name = name });

    public Task<AuthUserChangePasswordResponse> ChangePassword(string name, string password) =>
        Call<AuthUserChangePasswordResponse>(
            "UserChangePassword",
            new AuthUserChangePasswordRequest { Name = name, Password = password }
        );

    public Task<AuthUserGrantRoleResponse> GrantRole(string user, string role) =>
        Call<AuthUserGrantRoleResponse>("UserGrantRole", new AuthUserGrantRoleRequest { User = user, Role = role });

    public Task<AuthUserRevokeRoleResponse> RevokeRole(string user, string role) =>
        Call<AuthUserRevokeRoleResponse>("UserRevokeRole", new AuthUserRevokeRoleRequest { Name = user, Role = role });

    public Task<AuthRoleAddResponse> AddRole(string name) =>
        Call<AuthRoleAddResponse>("RoleAdd", new AuthRoleAddRequest { Name = name });

    public Task<AuthRoleGetResponse> GetRole(string name) =>
        Call<AuthRoleGetResponse>("RoleGet", new AuthRoleGetRequest { Role = name });

    public Task<AuthRoleListResponse> ListRoles() => Call<AuthRoleListResponse>("RoleList", new AuthRoleListRequest());

    public Task<AuthRoleDeleteResponse> DeleteRole(string name) =>
        Call<AuthRoleDeleteResponse>("RoleDelete", new AuthRoleDeleteRequest { Role = name });

    public Task<AuthRoleGrantPermissionResponse> Grant(
        string role,
        Permission.Types.Type type,
        string key,
        string rangeEnd = ""
    ) =>
        Call<AuthRoleGrantPermissionResponse>(
            "RoleGrantPermission",
            new AuthRoleGrantPermissionRequest
            {
                Name = role,
                Perm = new Permission
                {
                    PermType = type,
                    Key = Utf8(key),
                    RangeEnd = Utf8(rangeEnd),
                },
            }
        );

    public Task<AuthRoleRevokePermissionResponse> Revoke(string role, string key, string rangeEnd = "") =>
        Call<AuthRoleRevokePermissionResponse>(
            "RoleRevokePermission",
            new AuthRoleRevokePermissionRequest
            {
                Role = role,
                Key = Utf8(key),
                RangeEnd = Utf8(rangeEnd),
            }
        );

    public Task<AuthEnableResponse> Enable() => Call<AuthEnableResponse>("AuthEnable", new AuthEnableRequest());

    public Task<AuthDisableResponse> Disable() => Call<AuthDisableResponse>("AuthDisable", new AuthDisableRequest());

    public Task<AuthStatusResponse> Status() => Call<AuthStatusResponse>("AuthStatus", new AuthStatusRequest());

    public async Task<ulong> RevisionAsync() => (await Status()).AuthRevision;

    public Task<AuthenticateResponse> Authenticate(string name, string password) =>
        Call<AuthenticateResponse>("Authenticate", new AuthenticateRequest { Name = name, Password = password });

    public async Task<Accounts> LogInAsync(string name, string password) => WithToken((await Authenticate(name, password)).Token);

    public Accounts WithToken(string token, string header = "token") =>
        new(new EtcdEndpoint(Etcd.Address, new Dictionary<string, string> { [header] = token }));

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        else
        {
            Etcd.Dispose();
        }
    }

    public Task<TResponse> Call<TResponse>(string method, IMessage request)
        where TResponse : IMessage<TResponse>, new() => Etcd.Call<TResponse>($"/etcdserverpb.Auth/{method}", request);
}
