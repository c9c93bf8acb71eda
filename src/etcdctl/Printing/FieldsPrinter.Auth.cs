using EtcdSharp.Api;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>Answers about users and roles, as far as the format knows them.</summary>
internal sealed partial class FieldsPrinter
{
    public override void RoleAdd(string role, AuthRoleAddResponse response) => PrintHeader(response.Header);

    public override void RoleGet(string role, AuthRoleGetResponse response)
    {
        PrintHeader(response.Header);
        foreach (var permission in response.Perm)
        {
            // The two blanks are etcdctl's.
            Print("PermType", $" {permission.PermType.ToString().ToUpperInvariant()}");
            PrintQuoted("Key", permission.Key.Span);
            PrintQuoted("RangeEnd", permission.RangeEnd.Span);
        }
    }

    public override void RoleDelete(string role, AuthRoleDeleteResponse response) => PrintHeader(response.Header);

    public override void RoleList(AuthRoleListResponse response)
    {
        PrintHeader(response.Header);
        Out.WriteLine($"\"Roles\" :{string.Concat(response.Roles.Select(static role => $" {GoQuote.Of(role)}"))}");
    }

    public override void RoleGrantPermission(string role, AuthRoleGrantPermissionResponse response) =>
        PrintHeader(response.Header);

    public override void RoleRevokePermission(string role, string key, string end, AuthRoleRevokePermissionResponse response) =>
        PrintHeader(response.Header);

    public override void UserAdd(string user, AuthUserAddResponse response) => PrintHeader(response.Header);

    public override void UserChangePassword(AuthUserChangePasswordResponse response) => PrintHeader(response.Header);

    public override void UserGrantRole(string user, string role, AuthUserGrantRoleResponse response) =>
        PrintHeader(response.Header);

    public override void UserRevokeRole(string user, string role, AuthUserRevokeRoleResponse response) =>
        PrintHeader(response.Header);

    public override void UserDelete(string user, AuthUserDeleteResponse response) => PrintHeader(response.Header);
}
