using EtcdSharp.Api;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Server.Node;

namespace EtcdSharp.Server.Edge.Grpc;

/// <summary>The Auth service as far as it goes: it says that authentication is off, and that it cannot be turned on yet.</summary>
internal sealed class AuthService(IReplicatedLog log, Func<long> currentRevision)
{
    /// <summary>The revision of the users and roles that etcd begins with.</summary>
    private const ulong InitialAuthRevision = 1;

    public void Register(GrpcServiceBuilder services) =>
        services
            .Unary(AuthMethods.AuthStatus, Status)
            .Unary(AuthMethods.AuthEnable, NotBuilt<AuthEnableRequest, AuthEnableResponse>)
            .Unary(AuthMethods.AuthDisable, NotBuilt<AuthDisableRequest, AuthDisableResponse>)
            .Unary(AuthMethods.Authenticate, NotEnabled)
            .Unary(AuthMethods.UserAdd, NotBuilt<AuthUserAddRequest, AuthUserAddResponse>)
            .Unary(AuthMethods.UserGet, NotBuilt<AuthUserGetRequest, AuthUserGetResponse>)
            .Unary(AuthMethods.UserList, NotBuilt<AuthUserListRequest, AuthUserListResponse>)
            .Unary(AuthMethods.UserDelete, NotBuilt<AuthUserDeleteRequest, AuthUserDeleteResponse>)
            .Unary(AuthMethods.UserChangePassword, NotBuilt<AuthUserChangePasswordRequest, AuthUserChangePasswordResponse>)
            .Unary(AuthMethods.UserGrantRole, NotBuilt<AuthUserGrantRoleRequest, AuthUserGrantRoleResponse>)
            .Unary(AuthMethods.UserRevokeRole, NotBuilt<AuthUserRevokeRoleRequest, AuthUserRevokeRoleResponse>)
            .Unary(AuthMethods.RoleAdd, NotBuilt<AuthRoleAddRequest, AuthRoleAddResponse>)
            .Unary(AuthMethods.RoleGet, NotBuilt<AuthRoleGetRequest, AuthRoleGetResponse>)
            .Unary(AuthMethods.RoleList, NotBuilt<AuthRoleListRequest, AuthRoleListResponse>)
            .Unary(AuthMethods.RoleDelete, NotBuilt<AuthRoleDeleteRequest, AuthRoleDeleteResponse>)
            .Unary(AuthMethods.RoleGrantPermission, NotBuilt<AuthRoleGrantPermissionRequest, AuthRoleGrantPermissionResponse>)
            .Unary(AuthMethods.RoleRevokePermission, NotBuilt<AuthRoleRevokePermissionRequest, AuthRoleRevokePermissionResponse>);

    private ValueTask<GrpcResult<AuthStatusResponse>> Status(AuthStatusRequest request, GrpcServerCall call) =>
        new(new AuthStatusResponse { Header = log.Header(currentRevision()), AuthRevision = InitialAuthRevision });

    private static ValueTask<GrpcResult<AuthenticateResponse>> NotEnabled(AuthenticateRequest request, GrpcServerCall call) =>
        new(Api.Errors.EtcdError.AuthNotEnabled.ToStatus());

    private static ValueTask<GrpcResult<TResponse>> NotBuilt<TRequest, TResponse>(TRequest request, GrpcServerCall call) =>
        new(new GrpcStatus(StatusCode.Unimplemented, $"{call.MethodName} is not supported by this release of EtcdSharp yet"));
}
