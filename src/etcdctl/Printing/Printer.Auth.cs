using EtcdSharp.Api;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>Answers about users and roles.</summary>
internal abstract partial class Printer
{
    public virtual void AuthStatus(AuthStatusResponse response) => throw Unsupported();

    public virtual void RoleAdd(string role, AuthRoleAddResponse response) => throw Unsupported();

    public virtual void RoleGet(string role, AuthRoleGetResponse response) => throw Unsupported();

    public virtual void RoleDelete(string role, AuthRoleDeleteResponse response) => throw Unsupported();

    public virtual void RoleList(AuthRoleListResponse response) => throw Unsupported();

    public virtual void RoleGrantPermission(string role, AuthRoleGrantPermissionResponse response) => throw Unsupported();

    public virtual void RoleRevokePermission(string role, string key, string end, AuthRoleRevokePermissionResponse response) =>
        throw Unsupported();

    public virtual void UserAdd(string user, AuthUserAddResponse response) => throw Unsupported();

    public virtual void UserGet(string user, AuthUserGetResponse response) => throw Unsupported();

    public virtual void UserList(AuthUserListResponse response) => throw Unsupported();

    public virtual void UserChangePassword(AuthUserChangePasswordResponse response) => throw Unsupported();

    public virtual void UserGrantRole(string user, string role, AuthUserGrantRoleResponse response) => throw Unsupported();

    public virtual void UserRevokeRole(string user, string role, AuthUserRevokeRoleResponse response) => throw Unsupported();

    public virtual void UserDelete(string user, AuthUserDeleteResponse response) => throw Unsupported();
}
