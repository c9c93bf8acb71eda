using EtcdSharp.CommandLine.Flags;

namespace EtcdSharp.CommandLine;

/// <summary>Finds the command that the arguments name. Flags may stand before, between and behind the names.</summary>
internal static class CommandSearch
{
    private const int SuggestionDistanceMax = 2;

    public static Found Find(CommandProgram program, IReadOnlyList<string> arguments)
    {
        var command = program.Root;
        var rest = arguments.ToList();
        while (true)
        {
            var flags = command.AllFlags();
            var at = FirstName(rest, flags);
            if (at < 0)
            {
                return new Found(command, rest, null);
            }

            if (Next(command, rest[at], program.MatchesPrefixes) is not { } next)
            {
                var onlyHolds = command.Run is null && command.Subcommands.Count > 0;
                var asksForHelp = command.Parent is not null && rest.Exists(static one => one is "-h" or "--help");
                return new Found(command, rest, onlyHolds && !asksForHelp ? Unknown(command, rest[at]) : null);
            }

            rest.RemoveAt(at);
            command = next;
        }
    }

    /// <summary>Where the first argument stands that is neither a flag nor the value of one; -1 where there is none.</summary>
    private static int FirstName(List<string> arguments, FlagSet flags)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var one = arguments[i];
            if (one == "--")
            {
                return -1;
            }

            if (TakesNext(one, flags))
            {
                i++;
            }
            else if (one.Length > 0 && one[0] != '-')
            {
                return i;
            }
        }

        return -1;
    }

    private static bool TakesNext(string one, FlagSet flags)
    {
        if (one.Contains('=', StringComparison.Ordinal))
        {
            return false;
        }

        return one.StartsWith("--", StringComparison.Ordinal)
            ? flags.Find(one[2..])?.ImpliedValue is null
            : one.Length == 2 && one[0] == '-' && flags.Find(one[1])?.ImpliedValue is null;
    }

    private static Command? Next(Command command, string name, bool matchesPrefixes)
    {
        Command? match = null;
        var matches = 0;
        foreach (var one in command.Subcommands)
        {
            if (one.Name == name)
            {
                return one;
            }

            if (matchesPrefixes && one.Name.StartsWith(name, StringComparison.Ordinal))
            {
                match = one;
                matches++;
            }
        }

        return matches == 1 ? match : null;
    }

    private static string Unknown(Command command, string name) =>
        $"unknown command \"{name}\" for \"{command.Path}\""
        + (command.Moved.TryGetValue(name, out var instead) ? $": use {instead}" : Suggestions(command, name));

    private static string Suggestions(Command command, string name)
    {
        var near = command
            .Added.Where(one =>
                one.IsAvailable
                && (
                    Distance(name.ToLowerInvariant(), one.Name) <= SuggestionDistanceMax
                    || one.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase)
                )
            )
            .Select(static one => $"\t{one.Name}\n");
        var list = string.Concat(near);
        return list.Length == 0 ? "" : $"\n\nDid you mean this?\n{list}";
    }

    /// <summary>How many letters must be added, removed or replaced.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = one[i - 1] == other[j - 1] ? diagonal : 1 + Math.Min(diagonal, Math.Min(above, row[j - 1]));
                diagonal = above;
            }
        }

        return row[other.Length];
    }

    /// <param name="Command">The last one that was named.</param>
    /// <param name="Rest">The arguments without its names.</param>
    /// <param name="Problem">What is wrong, or null.</param>
    internal readonly record struct Found(Command Command, IReadOnlyList<string> Rest, string? Problem);
}
