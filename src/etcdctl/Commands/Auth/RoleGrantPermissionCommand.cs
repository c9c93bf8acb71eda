using EtcdSharp.Api.Authpb;
using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Auth;

internal static class RoleGrantPermissionCommand
{
    public static Command Create(GlobalFlags global)
    {
        var command = new Command(
            "grant-permission [options] <role name> <permission type> <key> [endkey]",
            "Grants a key to a role"
        );
        var range = new PermissionRange(command.Flags, "grant");
        command.Run = context =>
        {
            if (context.Arguments.Count < 3)
            {
                throw new CommandFailure(
                    ExitCode.BadArguments,
                    "role grant command requires role name, permission type, and key [endkey] as its argument"
                );
            }

            var role = context.Arguments[0];
            var type = TypeOf(context.Arguments[1]);
            var keys = range.Read([.. context.Arguments.Skip(2)]);
            return Session.RunAsync(
                global,
                context,
                async session =>
                    session.Printer.RoleGrantPermission(
                        role,
                        await Session.CallAsync(() => session.Patient.Auth.GrantPermissionAsync(role, keys, type))
                    )
            );
        };
        return command;
    }

    private static Permission.Types.Type TypeOf(string text) =>
        text.ToUpperInvariant() switch
        {
            "READ" => Permission.Types.Type.Read,
            "WRITE" => Permission.Types.Type.Write,
            "READWRITE" => Permission.Types.Type.Readwrite,
            _ => throw new CommandFailure(ExitCode.BadArguments, $"invalid permission type: {text}"),
        };
}
