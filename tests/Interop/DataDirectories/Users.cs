using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Interop.DataDirectories;

/// <summary>The calls of the Auth service that these tests need.</summary>
internal sealed class Users(EtcdEndpoint etcd)
{
    public Task AddUserAsync(string name, string password) =>
        Call<AuthUserAddResponse>("UserAdd", new AuthUserAddRequest { Name = name, Password = password });

    public Task DeleteUserAsync(string name) =>
        Call<AuthUserDeleteResponse>("UserDelete", new AuthUserDeleteRequest { Name = name });

    public Task ChangePasswordAsync(string name, string password) =>
        Call<AuthUserChangePasswordResponse>(
            "UserChangePassword",
            new AuthUserChangePasswordRequest { Name = name, Password = password }
        );

    public Task GrantRoleAsync(string user, string role) =>
        Call<AuthUserGrantRoleResponse>("UserGrantRole", new AuthUserGrantRoleRequest { User = user, Role = role });

    public Task AddRoleAsync(string name) => Call<AuthRoleAddResponse>("RoleAdd", new AuthRoleAddRequest { Name = name });

    public Task DeleteRoleAsync(string name) =>
        Call<AuthRoleDeleteResponse>("RoleDelete", new AuthRoleDeleteRequest { Role = name });

    public Task GrantAsync(string role, string key, string rangeEnd, Permission.Types.Type type)
    {
        var permission = new Permission
        {
            Key = ByteString.CopyFromUtf8(key),
            RangeEnd = ByteString.CopyFromUtf8(rangeEnd),
            PermType = type,
        };
        return Call<AuthRoleGrantPermissionResponse>(
            "RoleGrantPermission",
            new AuthRoleGrantPermissionRequest { Name = role, Perm = permission }
        );
    }

    public Task EnableAsync() => Call<AuthEnableResponse>("AuthEnable", new AuthEnableRequest());

    public Task DisableAsync() => Call<AuthDisableResponse>("AuthDisable", new AuthDisableRequest());

    public Task<AuthStatusResponse> StatusAsync() => Call<AuthStatusResponse>("AuthStatus", new AuthStatusRequest());

    /// <summary>The same server, as this user.</summary>
    public async Task<EtcdEndpoint> LogInAsync(string name, string password)
    {
        var answer = await Call<AuthenticateResponse>(
            "Authenticate",
            new AuthenticateRequest { Name = name, Password = password }
        );
        return new EtcdEndpoint(etcd.Address, new Dictionary<string, string> { ["token"] = answer.Token });
    }

    /// <summary>All users with their roles, and all roles with their permissions, as text.</summary>
    public async Task<IReadOnlyList<string>> DescribeAsync()
    {
        var told = new List<string>();
        foreach (var name in (await Call<AuthUserListResponse>("UserList", new AuthUserListRequest())).Users)
        {
            var user = await Call<AuthUserGetResponse>("UserGet", new AuthUserGetRequest { Name = name });
            told.Add($"user {name}: {string.Join(',', user.Roles)}");
        }

        foreach (var name in (await Call<AuthRoleListResponse>("RoleList", new AuthRoleListRequest())).Roles)
        {
            var role = await Call<AuthRoleGetResponse>("RoleGet", new AuthRoleGetRequest { Role = name });
            told.Add($"role {name}: {string.Join(',', role.Perm)}");
        }

        told.Add($"revision {(await StatusAsync()).AuthRevision}");
        return told;
    }

    private Task<TResponse> Call<TResponse>(string method, IMessage request)
        where TResponse : IMessage<TResponse>, new() => etcd.Call<TResponse>($"/etcdserverpb.Auth/{method}", request);
}
