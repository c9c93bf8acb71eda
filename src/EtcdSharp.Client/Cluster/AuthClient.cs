using EtcdSharp.Api;
using EtcdSharp.Api.Authpb;
using EtcdSharp.Grpc.Contract;

namespace EtcdSharp.Client;

internal sealed class AuthClient(Caller caller, CallSettings settings) : IAuthClient
{
    public async Task<AuthEnableResponse> EnableAsync(CancellationToken cancellationToken) =>
        await caller.CallAsync(AuthMethods.AuthEnable, new AuthEnableRequest(), Repeat.WhenNotDone, settings, cancellationToken);

    public async Task<AuthDisableResponse> DisableAsync(CancellationToken cancellationToken) =>
        await caller.CallAsync(
            AuthMethods.AuthDisable,
            new AuthDisableRequest(),
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<AuthStatusResponse> StatusAsync(CancellationToken cancellationToken) =>
        await caller.CallAsync(AuthMethods.AuthStatus, new AuthStatusRequest(), Repeat.Always, settings, cancellationToken);

    public async Task<AuthenticateResponse> AuthenticateAsync(
        string name,
        string password,
        CancellationToken cancellationToken
    ) =>
        await caller.CallAsync(
            AuthMethods.Authenticate,
            new AuthenticateRequest { Name = name, Password = password },
            Repeat.Always,
            settings,
            cancellationToken
        );

    public async Task<AuthUserListResponse> ListUsersAsync(CancellationToken cancellationToken) =>
        await caller.CallAsync(AuthMethods.UserList, new AuthUserListRequest(), Repeat.Always, settings, cancellationToken);

    public async Task<AuthUserGetResponse> GetUserAsync(string name, CancellationToken cancellationToken) =>
        await caller.CallAsync(
            AuthMethods.UserGet,
            new AuthUserGetRequest { Name = name },
            Repeat.Always,
            settings,
            cancellationToken
        );

    public async Task<AuthUserDeleteResponse> DeleteUserAsync(string name, CancellationToken cancellationToken) =>
        await caller.CallAsync(
            AuthMethods.UserDelete,
            new AuthUserDeleteRequest { Name = name },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<AuthUserChangePasswordResponse> ChangePasswordAsync(
        string name,
        string password,
        CancellationToken cancellationToken
    ) =>
        await caller.CallAsync(
            AuthMethods.UserChangePassword,
            new AuthUserChangePasswordRequest { Name = name, Password = password },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<AuthUserGrantRoleResponse> GrantRoleAsync(string user, string role, CancellationToken cancellationToken) =>
        await caller.CallAsync(
            AuthMethods.UserGrantRole,
            new AuthUserGrantRoleRequest { User = user, Role = role },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<AuthUserRevokeRoleResponse> RevokeRoleAsync(
        string user,
        string role,
        CancellationToken cancellationToken
    ) =>
        await caller.CallAsync(
            AuthMethods.UserRevokeRole,
            new AuthUserRevokeRoleRequest { Name = user, Role = role },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<AuthRoleListResponse> ListRolesAsync(CancellationToken cancellationToken) =>
        await caller.CallAsync(AuthMethods.RoleList, new AuthRoleListRequest(), Repeat.Always, settings, cancellationToken);

    public async Task<AuthRoleGetResponse> GetRoleAsync(string role, CancellationToken cancellationToken) =>
        await caller.CallAsync(
            AuthMethods.RoleGet,
            new AuthRoleGetRequest { Role = role },
            Repeat.Always,
            settings,
            cancellationToken
        );

    public async Task<AuthRoleAddResponse> AddRoleAsync(string role, CancellationToken cancellationToken) =>
        await caller.CallAsync(
            AuthMethods.RoleAdd,
            new AuthRoleAddRequest { Name = role },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<AuthRoleDeleteResponse> DeleteRoleAsync(string role, CancellationToken cancellationToken) =>
        await caller.CallAsync(
            AuthMethods.RoleDelete,
            new AuthRoleDeleteRequest { Role = role },
            Repeat.WhenNotDone,
            settings,
            cancellationToken
        );

    public async Task<AuthUserAddResponse> AddUserAsync(string name, string? password, CancellationToken cancellationToken)
    {
        var request = new AuthUserAddRequest
        {
            Name = name,
            Password = password ?? "",
            Options = new UserAddOptions { NoPassword = password is null },
        };
        return await caller.CallAsync(AuthMethods.UserAdd, request, Repeat.WhenNotDone, settings, cancellationToken);
    }

    public async Task<AuthRoleGrantPermissionResponse> GrantPermissionAsync(
        string role,
        KeyRange range,
        Permission.Types.Type permission,
        CancellationToken cancellationToken
    )
    {
        var request = new AuthRoleGrantPermissionRequest
        {
            Name = role,
            Perm = new Permission
            {
                PermType = permission,
                Key = range.Start.ToByteString(),
                RangeEnd = range.End.ToByteString(),
            },
        };
        return await caller.CallAsync(AuthMethods.RoleGrantPermission, request, Repeat.WhenNotDone, settings, cancellationToken);
    }

    public async Task<AuthRoleRevokePermissionResponse> RevokePermissionAsync(
        string role,
        KeyRange range,
        CancellationToken cancellationToken
    )
    {
        var request = new AuthRoleRevokePermissionRequest
        {
            Role = role,
            Key = range.Start.ToByteString(),
            RangeEnd = range.End.ToByteString(),
        };
        return await caller.CallAsync(AuthMethods.RoleRevokePermission, request, Repeat.WhenNotDone, settings, cancellationToken);
    }
}
