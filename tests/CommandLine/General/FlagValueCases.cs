using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using EtcdSharp.CommandLine.Tests.Etcdutl;
using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.General;

/// <summary>
/// Every flag of etcdctl and etcdutl, as their own help lists them, with an empty, a zero, a negative, a huge, a tiny and a
/// malformed value: ours ends as etcd's does, with the same code, and tells what is wrong in plain words. Each run has a
/// folder of its own.
/// </summary>
public sealed partial class FlagValueCases(SharedMember shared, StoppedMember stopped)
{
    /// <summary>As many as the smallest machine has cores; more would only wait.</summary>
    private const int RunsAtOnce = 2;

    /// <summary>No command of the table waits for anything longer than its 2 s; the rest is for a busy machine.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(45);

    private static readonly Dictionary<string, string[]> s_values = new(StringComparer.Ordinal)
    {
        [""] = ["=", "=0", "=maybe"],
        ["int"] = ["=", "=0", "=-1", "=9223372036854775807", "=9223372036854775808", "=1.5", "=0x1"],
        ["uint"] = ["=", "=0", "=-1", "=18446744073709551615", "=18446744073709551616", "=1.5"],
        ["duration"] = ["=", "=0", "=-1s", "=1ns", "=2562047h", "=2562048h", "=5", "=1e9s"],
        ["string"] = ["=", "=-1", "=x", "=\u00e9\u4e16", "=" + Long],
        ["strings"] = ["=,", "=\"", "=a b"],
    };

    /// <summary>Stands for a value of 70,000 letters.</summary>
    private const string Long = "LONG";

    /// <summary>
    /// How each command of etcdctl is called so that it ends by itself. A command that is missing here fails the test.
    /// </summary>
    private static readonly Dictionary<string, string> s_calls = new(StringComparer.Ordinal)
    {
        ["alarm disarm"] = "",
        ["alarm list"] = "",
        ["auth disable"] = "",
        ["auth enable"] = "unwanted",
        ["auth status"] = "",
        ["check datascale"] = "--load wrong",
        ["check perf"] = "--load wrong",
        ["compaction"] = "x",
        ["completion"] = "bash",
        ["defrag"] = "",
        ["del"] = "flag-value-key",
        ["downgrade cancel"] = "",
        ["downgrade enable"] = "x",
        ["downgrade validate"] = "x",
        ["elect"] = "a b c",
        ["endpoint hashkv"] = "",
        ["endpoint health"] = "",
        ["endpoint status"] = "",
        ["get"] = "flag-value-key",
        ["lease grant"] = "x",
        ["lease keep-alive"] = "1 --once",
        ["lease list"] = "",
        ["lease revoke"] = "1",
        ["lease timetolive"] = "1",
        ["lock"] = "{unique} /bin/true",
        ["make-mirror"] = "",
        ["member add"] = "a b",
        ["member list"] = "",
        ["member promote"] = "x",
        ["member remove"] = "x",
        ["member update"] = "x",
        ["move-leader"] = "x",
        ["options"] = "",
        ["put"] = "flag-value-key value",
        ["role add"] = "a b",
        ["role delete"] = "a b",
        ["role get"] = "nothing",
        ["role grant-permission"] = "nothing read",
        ["role list"] = "",
        ["role revoke-permission"] = "nothing a",
        ["snapshot save"] = "",
        ["txn"] = "",
        ["user add"] = "a b",
        ["user delete"] = "a b",
        ["user get"] = "nobody",
        ["user grant-role"] = "nobody",
        ["user list"] = "",
        ["user passwd"] = "a b",
        ["user revoke-role"] = "nobody",
        ["version"] = "",
        ["watch"] = "-- /bin/false",
        ["help"] = "",
    };

    /// <summary>As above, for etcdutl, which is called where nothing else lies.</summary>
    private static readonly Dictionary<string, string> s_utlCalls = new(StringComparer.Ordinal)
    {
        ["bbolt buckets"] = "{snapshot}",
        ["bbolt check"] = "{snapshot}",
        ["bbolt compact"] = "{snapshot} -o out",
        ["bbolt dump"] = "{snapshot} 0",
        ["bbolt get"] = "{snapshot} meta consistent_index",
        ["bbolt info"] = "{snapshot}",
        ["bbolt keys"] = "{snapshot} meta",
        ["bbolt page"] = "{snapshot} 0",
        ["bbolt pages"] = "{snapshot}",
        ["bbolt stats"] = "{snapshot}",
        ["completion"] = "bash",
        ["defrag"] = "--data-dir nowhere",
        ["hashkv"] = "{snapshot}",
        ["help"] = "",
        ["migrate"] = "--data-dir nowhere --target-version 3.6",
        ["snapshot restore"] = "{snapshot} --data-dir out",
        ["snapshot status"] = "{snapshot}",
        ["version"] = "",
    };

    /// <summary>Where ours ends with another code on purpose: how the case begins, and why.</summary>
    private static readonly Dictionary<string, string> s_different = new(StringComparer.Ordinal)
    {
        ["snapshot restore --initial-memory-map-size=18446744073709551615"] =
            "etcd's turns it into -1 and passes over it; ours names the bound, 2^63-1",
    };

    [Fact]
    public async Task Etcdctl()
    {
        var side = await shared.EtcdctlAsync();
        string[] target = ["--endpoints", side.Member.Address.Authority, "--command-timeout", "2s", "--dial-timeout", "2s"];
        var cases = await CasesAsync(Programs.OurEtcdctl, s_calls, target);

        // The flags that every command takes alike, on one that uses them all.
        var options = (await ProgramRun.RunAsync(Programs.OurEtcdctl, ["options"])).Output;
        cases.AddRange(CasesOf("get", "flag-value-key", options, target));
        Assert.True(cases.Count > 300, $"{cases.Count} cases");
        await AssertSameAsync(Programs.RealEtcdctl!, Programs.OurEtcdctl, cases);
    }

    [Fact]
    public async Task Etcdutl()
    {
        await stopped.MakeSureAsync();
        var calls = s_utlCalls.ToDictionary(
            static one => one.Key,
            one => one.Value.Replace("{snapshot}", stopped.Snapshot, StringComparison.Ordinal),
            StringComparer.Ordinal
        );
        var cases = await CasesAsync(Programs.OurEtcdutl, calls, []);
        Assert.True(cases.Count > 50, $"{cases.Count} cases");
        await AssertSameAsync(Programs.RealEtcdutl!, Programs.OurEtcdutl, cases);
    }

    /// <summary>Of every command that the help of the program leads to.</summary>
    private static async Task<List<FlagValueCase>> CasesAsync(string program, Dictionary<string, string> calls, string[] target)
    {
        var cases = new List<FlagValueCase>();
        foreach (var (command, help) in await CommandsAsync(program, ""))
        {
            Assert.True(calls.TryGetValue(command, out var call), $"{command} is in no case");
            cases.AddRange(CasesOf(command, call, help, target));
        }

        return cases;
    }

    private static IEnumerable<FlagValueCase> CasesOf(string command, string call, string help, string[] target)
    {
        foreach (Match flag in FlagLine().Matches(help))
        {
            var (name, kind) = (flag.Groups["name"].Value, flag.Groups["kind"].Value);
            if (name is "help" or "endpoints")
            {
                continue;
            }

            foreach (var value in s_values[kind])
            {
                var given = $"--{name}{value.Replace(Long, new string('l', 70_000), StringComparison.Ordinal)}";
                var words = CommandText.Split(call.Replace("{unique}", Guid.NewGuid().ToString(), StringComparison.Ordinal));

                // The flag comes last, so that it counts; before the dashes, behind which nothing is one.
                var dashes = words.IndexOf("--");
                words.Insert(dashes < 0 ? words.Count : dashes, given);
                yield return new($"{command} --{name}{value}", [.. CommandText.Split(command), .. target, .. words]);
            }
        }
    }

    private static async Task AssertSameAsync(string real, string ours, IReadOnlyList<FlagValueCase> cases)
    {
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            cases,
            new ParallelOptions { MaxDegreeOfParallelism = RunsAtOnce },
            async (one, _) =>
            {
                if (await ProblemAsync(real, ours, one) is { } problem)
                {
                    wrong.Add($"{one.Name}: {problem}");
                }
            }
        );
        Assert.True(wrong.IsEmpty, $"{wrong.Count} of {cases.Count}:\n{string.Join('\n', wrong.Order(StringComparer.Ordinal))}");
    }

    private static async Task<string?> ProblemAsync(string real, string ours, FlagValueCase one)
    {
        var (actual, ended) = await RunAsync(ours, one);
        if (!ended)
        {
            return $"did not end within {s_patience}: {Short(actual.Error)}";
        }

        if (actual.ExitCode is 134 or 139 || actual.Error.Split('\n').Any(IsTrace))
        {
            return $"ended with {actual.ExitCode}: {Short(actual.Error)}";
        }

        if (actual.ExitCode != 0 && string.IsNullOrWhiteSpace(actual.Error))
        {
            return $"ended with {actual.ExitCode} and says nothing";
        }

        var (expected, realEnded) = await RunAsync(real, one);
        var isNewer = (expected.Error + expected.Output).Contains("unknown ", StringComparison.Ordinal);
        if (!realEnded || isNewer || s_different.Keys.Any(key => one.Name.StartsWith(key, StringComparison.Ordinal)))
        {
            return null;
        }

        // Where etcd's program panics, ours refuses.
        var panics = expected.Error.Contains("goroutine ", StringComparison.Ordinal);
        var isSame = panics ? actual.ExitCode != 0 : actual.ExitCode == expected.ExitCode;
        return isSame
            ? null
            : $"{actual.ExitCode}, not {expected.ExitCode}: ours {Short(actual.Error)}, etcd's {Short(expected.Error)}";
    }

    private static async Task<(Outcome Outcome, bool Ended)> RunAsync(string program, FlagValueCase one)
    {
        var folder = Directory.CreateTempSubdirectory("etcdsharp-flag-value-");
        try
        {
            return await ProgramRun.RunForAsync(s_patience, program, one.Arguments, folder: folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool IsTrace(string line) =>
        line.StartsWith("   at ", StringComparison.Ordinal)
        || line.Contains("Unhandled exception", StringComparison.Ordinal)
        || line.Contains(": unexpected ", StringComparison.Ordinal);

    private static string Short(string text)
    {
        var line = text.Split('\n').FirstOrDefault(static one => one.StartsWith("Error", StringComparison.Ordinal)) ?? text;
        return line.Length > 160 ? line[..160] : line;
    }

    /// <summary>The commands that do something, by their paths, with their help.</summary>
    private static async Task<List<(string Command, string Help)>> CommandsAsync(string program, string path)
    {
        var help = (await ProgramRun.RunAsync(program, [.. CommandText.Split(path), "--help"])).Output;
        var names = path is "completion" or "help"
            ? []
            : CommandLines().Matches(help).Select(static one => one.Groups["name"].Value);
        var found = new List<(string Command, string Help)>();
        foreach (var name in names)
        {
            found.AddRange(await CommandsAsync(program, $"{path} {name}".Trim()));
        }

        return found.Count == 0 ? [(path, help)] : found;
    }

    /// <summary>A flag with its type: <c>      --dial-timeout duration   dial timeout …</c>.</summary>
    [GeneratedRegex(
        @"^ +(?:-\w, )?--(?<name>[a-z0-9-]+)(?: (?<kind>[A-Za-z0-9]+))?   ",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex FlagLine();

    /// <summary>A command in the list of its parent: <c>  get         Gets …</c>.</summary>
    [GeneratedRegex(
        @"^  (?!etcd)(?<name>[a-z-]+) +[A-Za-z]",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex CommandLines();
}
