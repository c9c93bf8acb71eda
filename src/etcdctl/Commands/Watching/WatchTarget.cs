using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Programs.Etcdctl.Commands.Keys;

namespace EtcdSharp.Programs.Etcdctl.Commands.Watching;

/// <summary>What to watch, and the program to run at each event.</summary>
/// <param name="Keys">A key, perhaps the end of a range, from the arguments or the environment.</param>
/// <param name="Program">What stands behind two dashes; empty where nothing is to be run.</param>
internal sealed record WatchTarget(IReadOnlyList<string> Keys, IReadOnlyList<string> Program)
{
    public const string TwoEnds = "`range_end` and `--prefix` are mutually exclusive";

    private const string KeyVariable = "ETCDCTL_WATCH_KEY";
    private const string EndVariable = "ETCDCTL_WATCH_RANGE_END";
    private const string Separator = "--";
    private const string BadNumber = "bad number of arguments";

    /// <summary>The key and the end of the range that the environment names.</summary>
    public static IReadOnlyList<string> EnvironmentKeys()
    {
        var key = Environment.GetEnvironmentVariable(KeyVariable) ?? "";
        var end = Environment.GetEnvironmentVariable(EndVariable) ?? "";
        return (key, end) switch
        {
            ("", "") => [],
            ("", _) => throw Bad($"{KeyVariable} is empty but got {EndVariable}={GoQuote.Of(end)}"),
            (_, "") => [key],
            _ => [key, end],
        };
    }

    /// <param name="typed">Everything behind the word <c>watch</c>, flags and dashes included.</param>
    /// <param name="arguments">The same without flags and dashes.</param>
    /// <param name="fromEnvironment">What the environment names.</param>
    public static WatchTarget Read(
        IReadOnlyList<string> typed,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> fromEnvironment
    )
    {
        var separator = IndexOfSeparator(typed);
        string[] program = separator < 0 ? [] : [.. typed.Skip(separator + 1)];
        if (separator >= 0 && program.Length == 0)
        {
            throw Bad($"{BadNumber} (found separator {Separator}, but no commands)");
        }

        string[] keys = [.. arguments.Take(arguments.Count - program.Length)];
        if (keys.Length > 0 && fromEnvironment.Count > 0)
        {
            throw Bad($"{BadNumber} (found conflicting environment key)");
        }

        var target = new WatchTarget(fromEnvironment.Count > 0 ? fromEnvironment : keys, program);
        return target.Keys.Count > 0 ? target : throw Bad(BadNumber);
    }

    /// <summary>Null where the keys and <c>--prefix</c> do not go together.</summary>
    public KeyRange? Range(bool prefix)
    {
        if (Keys.Count != 2)
        {
            return RangeArguments.Read([Keys[0]], prefix, fromKey: false);
        }

        return prefix ? (KeyRange?)null : RangeArguments.Read(Keys, prefix: false, fromKey: false);
    }

    private static int IndexOfSeparator(IReadOnlyList<string> typed)
    {
        for (var i = 0; i < typed.Count; i++)
        {
            if (typed[i] == Separator)
            {
                return i;
            }
        }

        return -1;
    }

    private static CommandFailure Bad(string message) => new(ExitCode.BadArguments, message);
}
