using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl;

/// <summary>The program's arguments with bytes that are no UTF-8, which the runtime would replace.</summary>
internal static class ArgumentText
{
    private const char Replacement = '\ufffd';
    private const string CommandLineFile = "/proc/self/cmdline";

    public static IReadOnlyList<string> Of(string[] arguments)
    {
        if (!Array.Exists(arguments, static one => one.Contains(Replacement, StringComparison.Ordinal)))
        {
            return arguments;
        }

        // Each argument ends with a zero byte. Those of the runtime itself, where there are any, come first.
        var all = RawText.FromBytes(File.ReadAllBytes(CommandLineFile)).Split('\0');
        return all[(all.Length - 1 - arguments.Length)..^1];
    }
}
