using System.Text;
using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>Asks for a password without showing it.</summary>
internal static class PasswordPrompt
{
    public static string Ask(string prompt, ProgramStreams streams)
    {
        if (Console.IsInputRedirected)
        {
            throw new CommandFailure(ExitCode.Error, "the password is asked for on a terminal; give it with --password");
        }

        streams.Out.Write(prompt);
        streams.Out.Flush();
        var password = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                password.Length = Math.Max(0, password.Length - 1);
            }
            else
            {
                password.Append(key.KeyChar);
            }
        }

        streams.Out.WriteLine();
        streams.Out.Flush();
        return password.ToString();
    }
}
