using EtcdSharp.Api;

namespace EtcdSharp.Grpc.Contract;

public static class AuthMethods
{
    public const string Service = "etcdserverpb.Auth";

    public static GrpcMethod<AuthEnableRequest, AuthEnableResponse> AuthEnable { get; } =
        GrpcMethod.Protobuf<AuthEnableRequest, AuthEnableResponse>(GrpcMethodKind.Unary, Service, "AuthEnable");

    public static GrpcMethod<AuthDisableRequest, AuthDisableResponse> AuthDisable { get; } =
        GrpcMethod.Protobuf<AuthDisableRequest, AuthDisableResponse>(GrpcMethodKind.Unary, Service, "AuthDisable");

    public static GrpcMethod<AuthStatusRequest, AuthStatusResponse> AuthStatus { get; } =
        GrpcMethod.Protobuf<AuthStatusRequest, AuthStatusResponse>(GrpcMethodKind.Unary, Service, "AuthStatus");

    public static GrpcMethod<AuthenticateRequest, AuthenticateResponse> Authenticate { get; } =
        GrpcMethod.Protobuf<AuthenticateRequest, AuthenticateResponse>(GrpcMethodKind.Unary, Service, "Authenticate");

    public static GrpcMethod<AuthUserAddRequest, AuthUserAddResponse> UserAdd { get; } =
        GrpcMethod.Protobuf<AuthUserAddRequest, AuthUserAddResponse>(GrpcMethodKind.Unary, Service, "UserAdd");

    public static GrpcMethod<AuthUserGetRequest, AuthUserGetResponse> UserGet { get; } =
        GrpcMethod.Protobuf<AuthUserGetRequest, AuthUserGetResponse>(GrpcMethodKind.Unary, Service, "UserGet");

    public static GrpcMethod<AuthUserListRequest, AuthUserListResponse> UserList { get; } =
        GrpcMethod.Protobuf<AuthUserListRequest, AuthUserListResponse>(GrpcMethodKind.Unary, Service, "UserList");

    public static GrpcMethod<AuthUserDeleteRequest, AuthUserDeleteResponse> UserDelete { get; } =
        GrpcMethod.Protobuf<AuthUserDeleteRequest, AuthUserDeleteResponse>(GrpcMethodKind.Unary, Service, "UserDelete");

    public static GrpcMethod<AuthUserChangePasswordRequest, AuthUserChangePasswordResponse> UserChangePassword { get; } =
        GrpcMethod.Protobuf<AuthUserChangePasswordRequest, AuthUserChangePasswordResponse>(
            GrpcMethodKind.Unary,
            Service,
            "UserChangePassword"
        );

    public static GrpcMethod<AuthUserGrantRoleRequest, AuthUserGrantRoleResponse> UserGrantRole { get; } =
        GrpcMethod.Protobuf<AuthUserGrantRoleRequest, AuthUserGrantRoleResponse>(GrpcMethodKind.Unary, Service, "UserGrantRole");

    public static GrpcMethod<AuthUserRevokeRoleRequest, AuthUserRevokeRoleResponse> UserRevokeRole { get; } =
        GrpcMethod.Protobuf<AuthUserRevokeRoleRequest, AuthUserRevokeRoleResponse>(
            GrpcMethodKind.Unary,
            Service,
            "UserRevokeRole"
        );

    public static GrpcMethod<AuthRoleAddRequest, AuthRoleAddResponse> RoleAdd { get; } =
        GrpcMethod.Protobuf<AuthRoleAddRequest, AuthRoleAddResponse>(GrpcMethodKind.Unary, Service, "RoleAdd");

    public static GrpcMethod<AuthRoleGetRequest, AuthRoleGetResponse> RoleGet { get; } =
        GrpcMethod.Protobuf<AuthRoleGetRequest, AuthRoleGetResponse>(GrpcMethodKind.Unary, Service, "RoleGet");

    public static GrpcMethod<AuthRoleListRequest, AuthRoleListResponse> RoleList { get; } =
        GrpcMethod.Protobuf<AuthRoleListRequest, AuthRoleListResponse>(GrpcMethodKind.Unary, Service, "RoleList");

    public static GrpcMethod<AuthRoleDeleteRequest, AuthRoleDeleteResponse> RoleDelete { get; } =
        GrpcMethod.Protobuf<AuthRoleDeleteRequest, AuthRoleDeleteResponse>(GrpcMethodKind.Unary, Service, "RoleDelete");

    public static GrpcMethod<AuthRoleGrantPermissionRequest, AuthRoleGrantPermissionResponse> RoleGrantPermission { get; } =
        GrpcMethod.Protobuf<AuthRoleGrantPermissionRequest, AuthRoleGrantPermissionResponse>(
            GrpcMethodKind.Unary,
            Service,
            "RoleGrantPermission"
        );

    public static GrpcMethod<AuthRoleRevokePermissionRequest, AuthRoleRevokePermissionResponse> RoleRevokePermission { get; } =
        GrpcMethod.Protobuf<AuthRoleRevokePermissionRequest, AuthRoleRevokePermissionResponse>(
            GrpcMethodKind.Unary,
            Service,
            "RoleRevokePermission"
        );
}
