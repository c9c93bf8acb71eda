using EtcdSharp.Api;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>Answers about users and roles.</summary>
internal abstract partial class RpcPrinter
{
    public override void AuthStatus(AuthStatusResponse response) => Print(response);

    public override void RoleAdd(string role, AuthRoleAddResponse response) => Print(response);

    public override void RoleGet(string role, AuthRoleGetResponse response) => Print(response);

    public override void RoleDelete(string role, AuthRoleDeleteResponse response) => Print(response);

    public override void RoleList(AuthRoleListResponse response) => Print(response);

    public override void RoleGrantPermission(string role, AuthRoleGrantPermissionResponse response) => Print(response);

    public override void RoleRevokePermission(string role, string key, string end, AuthRoleRevokePermissionResponse response) =>
        Print(response);

    public override void UserAdd(string user, AuthUserAddResponse response) => Print(response);

    public override void UserGet(string user, AuthUserGetResponse response) => Print(response);

    public override void UserList(AuthUserListResponse response) => Print(response);

    public override void UserChangePassword(AuthUserChangePasswordResponse response) => Print(response);

    public override void UserGrantRole(string user, string role, AuthUserGrantRoleResponse response) => Print(response);

    public override void UserRevokeRole(string user, string role, AuthUserRevokeRoleResponse response) => Print(response);

    public override void UserDelete(string user, AuthUserDeleteResponse response) => Print(response);
}
