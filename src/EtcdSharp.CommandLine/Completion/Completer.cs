using EtcdSharp.CommandLine.Flags;

namespace EtcdSharp.CommandLine.Completion;

/// <summary>Finds what may stand where the cursor is: the shells ask for it by the hidden command <c>__complete</c>.</summary>
internal static class Completer
{
    public const string Request = "__complete";

    /// <summary>Candidates for the last of the words; those before it are complete.</summary>
    public static Candidates Complete(CommandProgram program, IReadOnlyList<string> words)
    {
        var partial = words.Count == 0 ? "" : words[^1];
        var found = CommandSearch.Find(program, [.. words.SkipLast(1)]);
        if (found.Problem is not null)
        {
            var given = string.Join(' ', words.SkipLast(1));
            return new Candidates([], CompletionDirective.Default, $"unable to find a command for arguments: [{given}]");
        }

        var (command, rest, _) = found;
        CommandProgram.AddHelpFlag(command);
        var flags = command.AllFlags();
        if (ValueAskedFor(rest, partial, flags) is { } asked)
        {
            return ValuesOf(asked);
        }

        var parser = new FlagParser(flags, new Output(Stream.Null));
        if (parser.Parse(rest) is { } problem)
        {
            return new Candidates(
                [],
                CompletionDirective.Default,
                $"Error while parsing flags from args [{string.Join(' ', rest)}]: {problem}"
            );
        }

        return partial.StartsWith('-') ? FlagsOf(command, partial) : Words(program, command, parser.Arguments, partial);
    }

    /// <summary>The flag whose value the last word is, if it is one.</summary>
    private static Flag? ValueAskedFor(IReadOnlyList<string> before, string partial, FlagSet flags)
    {
        if (
            partial.StartsWith("--", StringComparison.Ordinal) && partial.IndexOf('=', StringComparison.Ordinal) is var at and > 0
        )
        {
            return flags.Find(partial[2..at]);
        }

        if (before.Count == 0 || before[^1].Contains('=', StringComparison.Ordinal))
        {
            return null;
        }

        var last = before[^1];
        var flag =
            last.StartsWith("--", StringComparison.Ordinal) ? flags.Find(last[2..])
            : last.Length == 2 && last[0] == '-' ? flags.Find(last[1])
            : null;
        return flag is { ImpliedValue: null } ? flag : null;
    }

    private static Candidates ValuesOf(Flag flag) =>
        flag.NamesDirectory
            ? new Candidates([], CompletionDirective.FilterDirs)
            : new Candidates(flag.ValidValues, CompletionDirective.Default);

    /// <summary>Those that are needed alone as long as one is missing; else those of the commands above, then its own.</summary>
    private static Candidates FlagsOf(Command command, string partial)
    {
        var needed = Needed(command, partial);
        if (needed.Count > 0)
        {
            return new Candidates(needed, CompletionDirective.NoFileComp);
        }

        var lines = command.InheritedFlags().Concat(command.LocalFlags()).SelectMany(flag => Spellings(flag, partial));
        return new Candidates([.. lines], CompletionDirective.NoFileComp);
    }

    private static List<string> Needed(Command command, string partial) =>
        [.. command.LocalFlags().Where(static flag => flag.Required).SelectMany(flag => Spellings(flag, partial))];

    private static IEnumerable<string> Spellings(Flag flag, string partial)
    {
        if (flag.Hidden || flag.Changed || flag.Deprecated is not null)
        {
            yield break;
        }

        var summary = flag.Usage.Split('\n')[0].Replace("`", "", StringComparison.Ordinal);
        if ($"--{flag.Name}".StartsWith(partial, StringComparison.Ordinal))
        {
            yield return $"--{flag.Name}\t{summary}";
        }

        if (flag.Shorthand is { } letter && partial.Length < 2)
        {
            yield return $"-{letter}\t{summary}";
        }
    }

    private static Candidates Words(CommandProgram program, Command command, IReadOnlyList<string> arguments, string partial)
    {
        var isHelp = command.Parent is { Parent: null } && command.Name == "help";
        var above = isHelp ? CommandSearch.Find(program, arguments).Command : command;
        if (above.HasAvailableSubcommands && (isHelp || arguments.Count == 0))
        {
            var subcommands = above.Subcommands.Where(one =>
                one.IsAvailable && one.Name.StartsWith(partial, StringComparison.Ordinal)
            );
            return new Candidates(
                [.. subcommands.Select(static one => $"{one.Name}\t{one.Summary}")],
                CompletionDirective.NoFileComp
            );
        }

        if (command.ValidArguments.Count > 0)
        {
            var valid = command.ValidArguments.Where(one => one.StartsWith(partial, StringComparison.Ordinal));
            return new Candidates(arguments.Count == 0 ? [.. valid] : [], CompletionDirective.NoFileComp);
        }

        return new Candidates(partial.Length == 0 ? Needed(command, "--") : [], CompletionDirective.Default);
    }
}
