using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Auth;

internal sealed class UserAddCommand(FlagSet flags)
{
    private readonly BoolFlag interactive = flags.Bool(
        "interactive",
        "Read password from stdin instead of interactive terminal",
        value: true
    );

    private readonly StringFlag password = flags.String("new-user-password", "", "Supply password from the command line flag");

    private readonly BoolFlag withoutPassword = flags.Bool("no-password", "Create a user without password (CN based auth only)");

    public static Command Create(GlobalFlags global)
    {
        var command = new Command("add <user name or user:password> [options]", "Adds a new user");
        var add = new UserAddCommand(command.Flags);
        command.Run = context =>
        {
            if (context.Arguments is not [var argument])
            {
                throw new CommandFailure(ExitCode.BadArguments, "user add command requires user name as its argument");
            }

            var (user, password) = add.Read(argument, context.Streams);
            return Session.RunAsync(
                global,
                context,
                async session =>
                    session.Printer.UserAdd(
                        user,
                        await Session.CallAsync(() => session.Patient.Auth.AddUserAsync(user, password))
                    )
            );
        };
        return command;
    }

    private (string User, string? Password) Read(string argument, ProgramStreams streams)
    {
        if (withoutPassword.Value)
        {
            return (argument, null);
        }

        if (password.Value.Length > 0)
        {
            return (argument, password.Value);
        }

        var colon = argument.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return (argument, interactive.Value ? NewPassword.Ask(argument, streams) : NewPassword.Read(streams));
        }

        return colon > 0
            ? (argument[..colon], argument[(colon + 1)..])
            : throw new CommandFailure(ExitCode.BadArguments, "empty user name is not allowed");
    }
}
