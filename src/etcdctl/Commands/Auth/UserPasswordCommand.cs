using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Auth;

internal static class UserPasswordCommand
{
    public static Command Create(GlobalFlags global)
    {
        var command = new Command("passwd <user name> [options]", "Changes password of user");
        var interactive = command.Flags.Bool(
            "interactive",
            "If true, read password from stdin instead of interactive terminal",
            value: true
        );
        command.Run = context =>
        {
            if (context.Arguments is not [var user])
            {
                throw new CommandFailure(ExitCode.BadArguments, "user passwd command requires user name as its argument");
            }

            var password = interactive.Value ? NewPassword.Ask(user, context.Streams) : NewPassword.Read(context.Streams);
            return Session.RunAsync(
                global,
                context,
                async session =>
                    session.Printer.UserChangePassword(
                        await Session.CallAsync(() => session.Patient.Auth.ChangePasswordAsync(user, password))
                    )
            );
        };
        return command;
    }
}
