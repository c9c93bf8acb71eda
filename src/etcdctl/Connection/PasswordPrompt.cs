using System.Text;
using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>Asks for a password without showing it; where there is no terminal, takes a line of what comes in.</summary>
internal static class PasswordPrompt
{
    public static string Ask(string prompt, ProgramStreams streams)
    {
        streams.Out.Write(prompt);
        streams.Out.Flush();
        var password = Console.IsInputRedirected ? InputText.ReadLine(streams.Input) ?? "" : ReadHidden();
        streams.Out.WriteLine();
        streams.Out.Flush();
        return password;
    }

    private static string ReadHidden()
    {
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

        return password.ToString();
    }
}
