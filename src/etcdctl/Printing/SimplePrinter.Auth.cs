using EtcdSharp.Api;
using EtcdSharp.Api.Authpb;
using EtcdSharp.Client;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>Answers about users and roles.</summary>
internal sealed partial class SimplePrinter
{
    private const string OpenEnd = "\0";

    public override void AuthStatus(AuthStatusResponse response)
    {
        Out.WriteLine($"Authentication Status: {(response.Enabled ? "true" : "false")}");
        Out.WriteLine($"AuthRevision: {response.AuthRevision}");
    }

    public override void RoleAdd(string role, AuthRoleAddResponse response) => Out.WriteLine($"Role {role} created");

    public override void RoleGet(string role, AuthRoleGetResponse response)
    {
        Out.WriteLine($"Role {role}");
        var mayAll = role == "root" && response.Perm.Count == 0;
        Out.WriteLine("KV Read:");
        PrintRanges(response, mayAll, Permission.Types.Type.Read);
        Out.WriteLine("KV Write:");
        PrintRanges(response, mayAll, Permission.Types.Type.Write);
    }

    public override void RoleDelete(string role, AuthRoleDeleteResponse response) => Out.WriteLine($"Role {role} deleted");

    public override void RoleList(AuthRoleListResponse response)
    {
        foreach (var role in response.Roles)
        {
            Out.WriteLine(role);
        }
    }

    public override void RoleGrantPermission(string role, AuthRoleGrantPermissionResponse response) =>
        Out.WriteLine($"Role {role} updated");

    public override void RoleRevokePermission(string role, string key, string end, AuthRoleRevokePermissionResponse response)
    {
        var what =
            end.Length == 0 ? $"key {key}"
            : end == OpenEnd ? $"range [{key}, <open ended>"
            : $"range [{key}, {end})";
        Out.WriteLine($"Permission of {what} is revoked from role {role}");
    }

    public override void UserAdd(string user, AuthUserAddResponse response) => Out.WriteLine($"User {user} created");

    public override void UserGet(string user, AuthUserGetResponse response)
    {
        Out.WriteLine($"User: {user}");
        Out.WriteLine(string.Concat("Roles:", string.Concat(response.Roles.Select(static role => $" {role}"))));
    }

    public override void UserList(AuthUserListResponse response)
    {
        foreach (var user in response.Users)
        {
            Out.WriteLine(user);
        }
    }

    public override void UserChangePassword(AuthUserChangePasswordResponse response) => Out.WriteLine("Password updated");

    public override void UserGrantRole(string user, string role, AuthUserGrantRoleResponse response) =>
        Out.WriteLine($"Role {role} is granted to user {user}");

    public override void UserRevokeRole(string user, string role, AuthUserRevokeRoleResponse response) =>
        Out.WriteLine($"Role {role} is revoked from user {user}");

    public override void UserDelete(string user, AuthUserDeleteResponse response) => Out.WriteLine($"User {user} deleted");

    private void PrintRanges(AuthRoleGetResponse response, bool mayAll, Permission.Types.Type type)
    {
        if (mayAll)
        {
            Out.WriteLine("\t[, <open ended>");
            return;
        }

        foreach (var permission in response.Perm)
        {
            if (permission.PermType == type || permission.PermType == Permission.Types.Type.Readwrite)
            {
                PrintRange(permission);
            }
        }
    }

    private void PrintRange(Permission permission)
    {
        var key = permission.Key.Span;
        var end = permission.RangeEnd.Span;
        Out.Write("\t"u8);
        if (end.IsEmpty)
        {
            Out.WriteLine(key);
            return;
        }

        Out.Write("["u8);
        Out.Write(key);
        if (end is [0])
        {
            Out.Write(", <open ended>"u8);
        }
        else
        {
            Out.Write(", "u8);
            Out.Write(end);
            Out.Write(")"u8);
        }

        if (!key.IsEmpty && KeyRange.Prefix(permission.Key.Memory).End.Span.SequenceEqual(end))
        {
            Out.Write(" (prefix "u8);
            Out.Write(key);
            Out.Write(")"u8);
        }

        Out.WriteLine();
    }
}
