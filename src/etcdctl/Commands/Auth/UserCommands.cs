using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Auth;

internal static class UserCommands
{
    public static Command Create(GlobalFlags global) =>
        new Command("user <subcommand>", "User related commands. Use `etcdctl user --help` to see subcommands")
        {
            Description = "User related commands",
            GroupId = CommandGroups.Authentication,
        }.Add(
            UserAddCommand.Create(global),
            Delete(global),
            Get(global),
            List(global),
            UserPasswordCommand.Create(global),
            GrantRole(global),
            RevokeRole(global)
        );

    private static Command Delete(GlobalFlags global) =>
        CallCommand.Create(
            global,
            "delete <user name>",
            "Deletes a user",
            1,
            "user delete command requires user name as its argument",
            static async (session, names) =>
                session.Printer.UserDelete(
                    names[0],
                    await Session.CallAsync(() => session.Patient.Auth.DeleteUserAsync(names[0]))
                )
        );

    private static Command Get(GlobalFlags global)
    {
        BoolFlag? detail = null;
        var command = CallCommand.Create(
            global,
            "get <user name> [options]",
            "Gets detailed information of a user",
            1,
            "user get command requires user name as its argument",
            (session, names) => GetAsync(session, names[0], detail!)
        );
        detail = command.Flags.Bool("detail", "Show permissions of roles granted to the user");
        return command;
    }

    private static async Task GetAsync(Session session, string name, BoolFlag detail)
    {
        var auth = session.Patient.Auth;
        var user = await Session.CallAsync(() => auth.GetUserAsync(name));
        if (!detail.Value)
        {
            session.Printer.UserGet(name, user);
            return;
        }

        session.Context.Out.WriteLine($"User: {name}");
        foreach (var role in user.Roles)
        {
            session.Context.Out.WriteLine();
            session.Printer.RoleGet(role, await Session.CallAsync(() => auth.GetRoleAsync(role)));
        }
    }

    private static Command List(GlobalFlags global) =>
        CallCommand.Create(
            global,
            "list",
            "Lists all users",
            0,
            "user list command requires no arguments",
            static async (session, _) =>
                session.Printer.UserList(await Session.CallAsync(() => session.Patient.Auth.ListUsersAsync()))
        );

    private static Command GrantRole(GlobalFlags global) =>
        CallCommand.Create(
            global,
            "grant-role <user name> <role name>",
            "Grants a role to a user",
            2,
            "user grant command requires user name and role name as its argument",
            static async (session, names) =>
                session.Printer.UserGrantRole(
                    names[0],
                    names[1],
                    await Session.CallAsync(() => session.Patient.Auth.GrantRoleAsync(names[0], names[1]))
                )
        );

    private static Command RevokeRole(GlobalFlags global) =>
        CallCommand.Create(
            global,
            "revoke-role <user name> <role name>",
            "Revokes a role from a user",
            2,
            "user revoke-role requires user name and role name as its argument",
            static async (session, names) =>
                session.Printer.UserRevokeRole(
                    names[0],
                    names[1],
                    await Session.CallAsync(() => session.Patient.Auth.RevokeRoleAsync(names[0], names[1]))
                )
        );
}
