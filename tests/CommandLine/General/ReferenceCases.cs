using System.Text.RegularExpressions;
using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.General;

/// <summary>Help of our programs against the list of all commands and options of 3.7.1, where that list is at hand.</summary>
public sealed partial class ReferenceCases
{
    /// <summary>Commands of 3.7.1 that its own list leaves out, and a group of ours.</summary>
    private static readonly string[] s_beyondTheList =
    [
        "etcdctl make-mirror",
        "etcdctl move-leader",
        "etcdctl role revoke-permission",
        "etcdctl user revoke-role",
        "etcdutl bbolt",
    ];

    [Theory]
    [InlineData("etcdctl", 50)]
    [InlineData("etcdutl", 8)]
    public async Task EveryCommandIsThereWithItsOptions(string program, int commandsMin)
    {
        var listed = Listed(program);
        Assert.True(listed.Count >= commandsMin, $"only {listed.Count} commands were read from the list");
        var differences = new List<string>();
        foreach (var (command, use, options) in listed)
        {
            var help = await HelpAsync(program, command);
            var usage = help.Split('\n').SkipWhile(static line => line != "Usage:").Skip(1).FirstOrDefault("").Trim();
            if (use.Length > 0 && usage != use)
            {
                differences.Add($"{command}: used as \"{usage}\", expected \"{use}\"");
            }

            var found = Options(command == "etcdctl" ? await OutputAsync(program, ["options"]) : Local(help));
            differences.AddRange(options.Except(found, StringComparer.Ordinal).Select(one => $"{command}: no {one}"));
            differences.AddRange(found.Except(options, StringComparer.Ordinal).Select(one => $"{command}: {one} is too much"));
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Theory]
    [InlineData("etcdctl")]
    [InlineData("etcdutl")]
    public async Task ThereIsNoCommandBeyondTheList(string program)
    {
        var listed = Listed(program).Select(static one => one.Command).ToList();
        var found = await CommandsAsync(program, program);
        Assert.Equal(
            s_beyondTheList.Where(one => one.StartsWith(program, StringComparison.Ordinal)),
            found.Except(listed, StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Each command with the line of its use and its options; the program itself with those that all commands take.</summary>
    private static List<(string Command, string Use, List<string> Options)> Listed(string program)
    {
        var commands = new List<(string Command, string Use, List<string> Options)>();
        foreach (var line in File.ReadLines(SharedFile.Find($"reference/{program}-3.7.1-commands.txt")))
        {
            var text = line.Trim();
            if (text.StartsWith('-'))
            {
                commands[^1].Options.Add(text);
            }
            else if (text == program || text is "global options")
            {
                commands.Add((program, "", []));
            }
            else if (text.Length > 0)
            {
                var parts = text.Split('|', 2);
                commands.Add((parts[0].Trim(), parts[1].Trim(), []));
            }
        }

        // The program's own place in the list of etcdctl is empty: its options stand at the end.
        commands.RemoveAll(one => one.Command == program && one.Options.Count == 0);
        return commands;
    }

    private static async Task<List<string>> CommandsAsync(string program, string command)
    {
        var all = new List<string>();
        foreach (var match in CommandLine().Matches(await HelpAsync(program, command)).Cast<Match>())
        {
            var child = $"{command} {match.Groups["name"].Value}";
            if (match.Groups["name"].Value is not "help")
            {
                all.Add(child);
                all.AddRange(child == "etcdutl bbolt" ? [] : await CommandsAsync(program, child));
            }
        }

        return all;
    }

    private static Task<string> HelpAsync(string program, string command) =>
        OutputAsync(program, [.. command.Split(' ')[1..], "--help"]);

    private static async Task<string> OutputAsync(string program, IReadOnlyList<string> arguments)
    {
        var path = program == "etcdctl" ? Programs.OurEtcdctl : Programs.OurEtcdutl;
        var outcome = await ProgramRun.RunAsync(path, arguments);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return outcome.Output;
    }

    private static string Local(string help) => help.Split("Global Flags:")[0];

    /// <summary>In the list's own form: <c>-w, --write-out="simple"</c>.</summary>
    private static List<string> Options(string help)
    {
        var options = new List<string>();
        foreach (var match in OptionLine().Matches(help).Cast<Match>())
        {
            var name = match.Groups["name"].Value;
            if (name is not "help")
            {
                var value = match.Groups["value"].Success ? $"={match.Groups["value"].Value}" : "";
                options.Add($"{match.Groups["letter"].Value}--{name}{value}");
            }
        }

        return options;
    }

    [GeneratedRegex(
        """^ +(?<letter>-\w, )?--(?<name>[a-z][a-z-]*)(?:.*\(default (?<value>.+)\))?.*$""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex OptionLine();

    [GeneratedRegex(
        "^  (?!etcd)(?<name>[a-z][a-z-]*) +[A-Za-z]",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex CommandLine();
}
