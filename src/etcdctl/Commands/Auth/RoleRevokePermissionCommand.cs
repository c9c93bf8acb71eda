using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Auth;

internal static class RoleRevokePermissionCommand
{
    public static Command Create(GlobalFlags global)
    {
        var command = new Command("revoke-permission <role name> <key> [endkey]", "Revokes a key from a role");
        var range = new PermissionRange(command.Flags, "revoke");
        command.Run = context =>
        {
            if (context.Arguments.Count < 2)
            {
                throw new CommandFailure(
                    ExitCode.BadArguments,
                    "role revoke-permission command requires role name and key [endkey] as its argument"
                );
            }

            var role = context.Arguments[0];
            var keys = range.Read([.. context.Arguments.Skip(1)]);
            return Session.RunAsync(
                global,
                context,
                async session =>
                    session.Printer.RoleRevokePermission(
                        role,
                        context.Arguments[1],
                        RawText.FromBytes(keys.End.Span),
                        await Session.CallAsync(() => session.Patient.Auth.RevokePermissionAsync(role, keys))
                    )
            );
        };
        return command;
    }
}
