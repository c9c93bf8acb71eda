using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Auth;

/// <summary>The password that a user is to have.</summary>
internal static class NewPassword
{
    /// <summary>The first word of standard input, for scripts.</summary>
    public static string Read(ProgramStreams streams)
    {
        var line = InputText.ReadLine(streams.Input) ?? "";
        return line.TrimStart().Split(' ', '\t')[0];
    }

    /// <summary>Asks twice, because it cannot be seen.</summary>
    public static string Ask(string user, ProgramStreams streams)
    {
        var first = PasswordPrompt.Ask($"Password of {user}: ", streams);
        if (first.Length == 0)
        {
            throw new CommandFailure(ExitCode.BadArguments, "empty password");
        }

        var second = PasswordPrompt.Ask($"Type password of {user} again for confirmation: ", streams);
        return first == second ? first : throw new CommandFailure(ExitCode.BadArguments, "given passwords are different");
    }
}
