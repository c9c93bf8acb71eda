using EtcdSharp.Api;
using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Client;

/// <summary>
/// Users, roles and permissions. Keys are as the server has them: the namespace of the client does not count here. What is
/// not there is <c>UserNotFound</c> or <c>RoleNotFound</c>, what is there already <c>UserAlreadyExist</c> or
/// <c>RoleAlreadyExist</c>, who may not <c>PermissionDenied</c>: each an <see cref="EtcdException"/>.
/// </summary>
public interface IAuthClient
{
    /// <summary>Switches authentication on; a user root with the role root must be there.</summary>
    /// <exception cref="EtcdException"><c>RootUserNotExist</c>, <c>RootRoleNotExist</c>.</exception>
    Task<AuthEnableResponse> EnableAsync(CancellationToken cancellationToken = default);

    /// <summary>Switches authentication off.</summary>
    Task<AuthDisableResponse> DisableAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether it is on, and the revision of users and roles.</summary>
    Task<AuthStatusResponse> StatusAsync(CancellationToken cancellationToken = default);

    /// <summary>A token. The client asks by itself where it has user and password.</summary>
    /// <exception cref="EtcdException"><c>AuthFailed</c>: no such user, or not its password. <c>AuthNotEnabled</c>.</exception>
    Task<AuthenticateResponse> AuthenticateAsync(string name, string password, CancellationToken cancellationToken = default);

    /// <summary>All users.</summary>
    Task<AuthUserListResponse> ListUsersAsync(CancellationToken cancellationToken = default);

    /// <summary>The roles of a user.</summary>
    Task<AuthUserGetResponse> GetUserAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Deletes a user.</summary>
    Task<AuthUserDeleteResponse> DeleteUserAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Gives a user another password.</summary>
    Task<AuthUserChangePasswordResponse> ChangePasswordAsync(
        string name,
        string password,
        CancellationToken cancellationToken = default
    );

    /// <summary>Gives a user a role.</summary>
    Task<AuthUserGrantRoleResponse> GrantRoleAsync(string user, string role, CancellationToken cancellationToken = default);

    /// <summary>Takes a role from a user.</summary>
    Task<AuthUserRevokeRoleResponse> RevokeRoleAsync(string user, string role, CancellationToken cancellationToken = default);

    /// <summary>All roles.</summary>
    Task<AuthRoleListResponse> ListRolesAsync(CancellationToken cancellationToken = default);

    /// <summary>The permissions of a role.</summary>
    Task<AuthRoleGetResponse> GetRoleAsync(string role, CancellationToken cancellationToken = default);

    /// <summary>Makes a role.</summary>
    Task<AuthRoleAddResponse> AddRoleAsync(string role, CancellationToken cancellationToken = default);

    /// <summary>Deletes a role.</summary>
    Task<AuthRoleDeleteResponse> DeleteRoleAsync(string role, CancellationToken cancellationToken = default);

    /// <summary>Makes a user; without a password it can come in with a certificate alone.</summary>
    Task<AuthUserAddResponse> AddUserAsync(string name, string? password, CancellationToken cancellationToken = default);

    /// <summary>Lets a role read, write or both.</summary>
    Task<AuthRoleGrantPermissionResponse> GrantPermissionAsync(
        string role,
        KeyRange range,
        Permission.Types.Type permission,
        CancellationToken cancellationToken = default
    );

    /// <summary>Takes what was granted for exactly this range.</summary>
    Task<AuthRoleRevokePermissionResponse> RevokePermissionAsync(
        string role,
        KeyRange range,
        CancellationToken cancellationToken = default
    );
}
