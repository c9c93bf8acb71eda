using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Auth;

internal static class RoleCommands
{
    public static Command Create(GlobalFlags global) =>
        new Command("role <subcommand>", "Role related commands. Use `etcdctl role --help` to see subcommands")
        {
            Description = "Role related commands",
            GroupId = CommandGroups.Authentication,
        }.Add(
            Add(global),
            Delete(global),
            Get(global),
            List(global),
            RoleGrantPermissionCommand.Create(global),
            RoleRevokePermissionCommand.Create(global)
        );

    private static Command Add(GlobalFlags global) =>
        CallCommand.Create(
            global,
            "add <role name>",
            "Adds a new role",
            1,
            "role add command requires role name as its argument",
            static async (session, names) =>
                session.Printer.RoleAdd(names[0], await Session.CallAsync(() => session.Patient.Auth.AddRoleAsync(names[0])))
        );

    private static Command Delete(GlobalFlags global) =>
        CallCommand.Create(
            global,
            "delete <role name>",
            "Deletes a role",
            1,
            "role delete command requires role name as its argument",
            static async (session, names) =>
                session.Printer.RoleDelete(
                    names[0],
                    await Session.CallAsync(() => session.Patient.Auth.DeleteRoleAsync(names[0]))
                )
        );

    private static Command Get(GlobalFlags global) =>
        CallCommand.Create(
            global,
            "get <role name>",
            "Gets detailed information of a role",
            1,
            "role get command requires role name as its argument",
            static async (session, names) =>
                session.Printer.RoleGet(names[0], await Session.CallAsync(() => session.Patient.Auth.GetRoleAsync(names[0])))
        );

    private static Command List(GlobalFlags global) =>
        CallCommand.Create(
            global,
            "list",
            "Lists all roles",
            0,
            "role list command requires no arguments",
            static async (session, _) =>
                session.Printer.RoleList(await Session.CallAsync(() => session.Patient.Auth.ListRolesAsync()))
        );
}
