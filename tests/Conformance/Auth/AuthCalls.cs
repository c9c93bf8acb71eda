using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Conformance.Auth;

/// <summary>The calls of the auth service in few words, and the refusals that many of its cases expect.</summary>
public static class AuthCalls
{
    public const string NoUser = "etcdserver: user name is empty";
    public const string UserNotFound = "etcdserver: user name not found";
    public const string RoleNotFound = "etcdserver: role name not found";
    public const string NotPermitted = "etcdserver: permission denied";
    public const string InvalidToken = "etcdserver: invalid auth token";
    public const string InvalidManagement = "etcdserver: invalid auth management";

    private const string Service = "/etcdserverpb.Auth/";

    public static Task<AuthStatusResponse> AuthStatus(this EtcdEndpoint etcd) =>
        etcd.Call<AuthStatusResponse>(Service + "AuthStatus", new AuthStatusRequest());

    public static Task<AuthEnableResponse> AuthEnable(this EtcdEndpoint etcd) =>
        etcd.Call<AuthEnableResponse>(Service + "AuthEnable", new AuthEnableRequest());

    public static Task<AuthDisableResponse> AuthDisable(this EtcdEndpoint etcd) =>
        etcd.Call<AuthDisableResponse>(Service + "AuthDisable", new AuthDisableRequest());

    public static Task<AuthenticateResponse> Authenticate(this EtcdEndpoint etcd, string name, string password) =>
        etcd.Call<AuthenticateResponse>(Service + "Authenticate", new AuthenticateRequest { Name = name, Password = password });

    public static Task<AuthUserAddResponse> UserAdd(this EtcdEndpoint etcd, string name, string password) =>
        etcd.UserAdd(new AuthUserAddRequest { Name = name, Password = password });

    public static Task<AuthUserAddResponse> UserAdd(this EtcdEndpoint etcd, AuthUserAddRequest request) =>
        etcd.Call<AuthUserAddResponse>(Service + "UserAdd", request);

    public static Task<AuthUserAddResponse> UserAddWithoutPassword(this EtcdEndpoint etcd, string name, string password = "") =>
        etcd.UserAdd(
            new AuthUserAddRequest
            {
                Name = name,
                Password = password,
                Options = new UserAddOptions { NoPassword = true },
            }
        );

    public static Task<AuthUserGetResponse> UserGet(this EtcdEndpoint etcd, string name) =>
        etcd.Call<AuthUserGetResponse>(Service + "UserGet", new AuthUserGetRequest { Name = name });

    public static Task<AuthUserListResponse> UserList(this EtcdEndpoint etcd) =>
        etcd.Call<AuthUserListResponse>(Service + "UserList", new AuthUserListRequest());

    public static Task<AuthUserDeleteResponse> UserDelete(this EtcdEndpoint etcd, string name) =>
        etcd.Call<AuthUserDeleteResponse>(Service + "UserDelete", new AuthUserDeleteRequest { Name = name });

    public static Task<AuthUserChangePasswordResponse> UserChangePassword(
        this EtcdEndpoint etcd,
        string name,
        string password,
        string hashedPassword = ""
    ) =>
        etcd.Call<AuthUserChangePasswordResponse>(
            Service + "UserChangePassword",
            new AuthUserChangePasswordRequest
            {
                Name = name,
                Password = password,
                HashedPassword = hashedPassword,
            }
        );

    public static Task<AuthUserGrantRoleResponse> UserGrantRole(this EtcdEndpoint etcd, string user, string role) =>
        etcd.Call<AuthUserGrantRoleResponse>(
            Service + "UserGrantRole",
            new AuthUserGrantRoleRequest { User = user, Role = role }
        );

    public static Task<AuthUserRevokeRoleResponse> UserRevokeRole(this EtcdEndpoint etcd, string user, string role) =>
        etcd.Call<AuthUserRevokeRoleResponse>(
            Service + "UserRevokeRole",
            new AuthUserRevokeRoleRequest { Name = user, Role = role }
        );

    public static Task<AuthRoleAddResponse> RoleAdd(this EtcdEndpoint etcd, string name) =>
        etcd.Call<AuthRoleAddResponse>(Service + "RoleAdd", new AuthRoleAddRequest { Name = name });

    public static Task<AuthRoleGetResponse> RoleGet(this EtcdEndpoint etcd, string name) =>
        etcd.Call<AuthRoleGetResponse>(Service + "RoleGet", new AuthRoleGetRequest { Role = name });

    public static Task<AuthRoleListResponse> RoleList(this EtcdEndpoint etcd) =>
        etcd.Call<AuthRoleListResponse>(Service + "RoleList", new AuthRoleListRequest());

    public static Task<AuthRoleDeleteResponse> RoleDelete(this EtcdEndpoint etcd, string name) =>
        etcd.Call<AuthRoleDeleteResponse>(Service + "RoleDelete", new AuthRoleDeleteRequest { Role = name });

    public static Task<AuthRoleGrantPermissionResponse> RoleGrantPermission(
        this EtcdEndpoint etcd,
        string role,
        Permission? permission
    ) =>
        etcd.Call<AuthRoleGrantPermissionResponse>(
            Service + "RoleGrantPermission",
            new AuthRoleGrantPermissionRequest { Name = role, Perm = permission }
        );

    public static Task<AuthRoleRevokePermissionResponse> RoleRevokePermission(
        this EtcdEndpoint etcd,
        string role,
        Permission permission
    ) =>
        etcd.Call<AuthRoleRevokePermissionResponse>(
            Service + "RoleRevokePermission",
            new AuthRoleRevokePermissionRequest
            {
                Role = role,
                Key = permission.Key,
                RangeEnd = permission.RangeEnd,
            }
        );

    /// <summary>The call must be refused because it names no user.</summary>
    public static Task WithoutUser(Task call) => Refused(GrpcCode.InvalidArgument, NoUser, call);

    /// <summary>The call must be refused because its token is none that the member knows.</summary>
    public static Task BadToken(Task call) => Refused(GrpcCode.Unauthenticated, InvalidToken, call);

    /// <summary>The call must be refused because its user may not do this.</summary>
    public static Task Denied(Task call) => Refused(GrpcCode.PermissionDenied, NotPermitted, call);
}
