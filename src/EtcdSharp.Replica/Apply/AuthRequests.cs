using EtcdSharp.Api;
using EtcdSharp.Api.Authpb;
using EtcdSharp.Api.Errors;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Replica.Tokens;
using Google.Protobuf;

namespace EtcdSharp.Replica.Apply;

/// <summary>Carries out the requests of the Auth service, once they are permitted.</summary>
internal sealed class AuthRequests(AuthStore auth, Func<long> currentRevision)
{
    /// <summary>What the root role permits, though nothing is stored for it: all keys.</summary>
    private static readonly Permission s_everything = new()
    {
        PermType = Permission.Types.Type.Readwrite,
        RangeEnd = ByteString.CopyFrom(0),
    };

    public static bool IsOne(RequestKind kind) => kind is >= RequestKind.AuthEnable and <= RequestKind.AuthRoleRevokePermission;

    public ApplyResult Apply(in ApplyContext context)
    {
        switch (context.Kind)
        {
            case RequestKind.AuthEnable:
                return Result(auth.Enable(), new AuthEnableResponse());
            case RequestKind.AuthDisable:
                auth.Disable();
                return Result(null, new AuthDisableResponse());
            case RequestKind.AuthStatus:
                var view = auth.View;
                return Result(null, new AuthStatusResponse { Enabled = view.IsEnabled, AuthRevision = view.Revision });
            case RequestKind.Authenticate:
                var request = InternalAuthenticateRequest.Parser.ParseFrom(context.Body);
                var refusal = auth.Authenticate(request.Name, request.SimpleToken, context.Index, out var token);
                return Result(refusal, new AuthenticateResponse { Token = token });
            case >= RequestKind.AuthRoleAdd:
            case RequestKind.AuthRoleList:
                return ApplyToRoles(context);
            default:
                return ApplyToUsers(context);
        }
    }

    private ApplyResult ApplyToUsers(in ApplyContext context)
    {
        switch (context.Kind)
        {
            case RequestKind.AuthUserAdd:
                return Result(auth.AddUser(AuthUserAddRequest.Parser.ParseFrom(context.Body)), new AuthUserAddResponse());
            case RequestKind.AuthUserDelete:
                var delete = AuthUserDeleteRequest.Parser.ParseFrom(context.Body);
                return Result(auth.DeleteUser(delete.Name), new AuthUserDeleteResponse());
            case RequestKind.AuthUserChangePassword:
                var change = AuthUserChangePasswordRequest.Parser.ParseFrom(context.Body);
                return Result(auth.ChangePassword(change), new AuthUserChangePasswordResponse());
            case RequestKind.AuthUserGrantRole:
                var grant = AuthUserGrantRoleRequest.Parser.ParseFrom(context.Body);
                return Result(auth.GrantRole(grant.User, grant.Role), new AuthUserGrantRoleResponse());
            case RequestKind.AuthUserRevokeRole:
                var revoke = AuthUserRevokeRoleRequest.Parser.ParseFrom(context.Body);
                return Result(auth.RevokeRole(revoke.Name, revoke.Role), new AuthUserRevokeRoleResponse());
            case RequestKind.AuthUserGet:
                return Describe(AuthUserGetRequest.Parser.ParseFrom(context.Body));
            case RequestKind.AuthUserList:
                var users = auth.View.Users.Keys.Order(BytewiseOrder.Instance);
                return Result(null, new AuthUserListResponse { Users = { users } });
            default:
                throw Unexpected(context.Kind);
        }
    }

    private ApplyResult ApplyToRoles(in ApplyContext context)
    {
        switch (context.Kind)
        {
            case RequestKind.AuthRoleAdd:
                var add = AuthRoleAddRequest.Parser.ParseFrom(context.Body);
                return Result(auth.AddRole(add.Name), new AuthRoleAddResponse());
            case RequestKind.AuthRoleDelete:
                var delete = AuthRoleDeleteRequest.Parser.ParseFrom(context.Body);
                return Result(auth.DeleteRole(delete.Role), new AuthRoleDeleteResponse());
            case RequestKind.AuthRoleGrantPermission:
                var grant = AuthRoleGrantPermissionRequest.Parser.ParseFrom(context.Body);
                return Result(auth.GrantPermission(grant.Name, grant.Perm), new AuthRoleGrantPermissionResponse());
            case RequestKind.AuthRoleRevokePermission:
                var revoke = AuthRoleRevokePermissionRequest.Parser.ParseFrom(context.Body);
                return Result(auth.RevokePermission(revoke), new AuthRoleRevokePermissionResponse());
            case RequestKind.AuthRoleGet:
                return Describe(AuthRoleGetRequest.Parser.ParseFrom(context.Body));
            case RequestKind.AuthRoleList:
                var roles = auth.View.Roles.Keys.Order(BytewiseOrder.Instance);
                return Result(null, new AuthRoleListResponse { Roles = { roles } });
            default:
                throw Unexpected(context.Kind);
        }
    }

    private ApplyResult Describe(AuthUserGetRequest request) =>
        auth.View.Users.TryGetValue(request.Name, out var user)
            ? Result(null, new AuthUserGetResponse { Roles = { user.Stored.Roles } })
            : ApplyResult.Failed(EtcdError.UserNotFound);

    private ApplyResult Describe(AuthRoleGetRequest request)
    {
        if (!auth.View.Roles.TryGetValue(request.Role, out var role))
        {
            return ApplyResult.Failed(EtcdError.RoleNotFound);
        }

        return Result(
            null,
            request.Role == AuthUser.RootRole
                ? new AuthRoleGetResponse { Perm = { s_everything } }
                : new AuthRoleGetResponse { Perm = { role.KeyPermission } }
        );
    }

    private ApplyResult Result(EtcdError? refusal, IMessage response) =>
        refusal is null ? ApplyResult.Done(currentRevision(), response) : ApplyResult.Failed(refusal);

    private static InvalidOperationException Unexpected(RequestKind kind) =>
        new($"a request of kind {kind} was taken for one of the Auth service");
}
