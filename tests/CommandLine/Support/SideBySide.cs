using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace EtcdSharp.CommandLine.Tests.Support;

/// <summary>
/// The same calls with etcd's program and ours, one after the other on the same member: both must print the same and end
/// with the same code.
/// </summary>
public sealed partial class SideBySide
{
    private static int s_cases;

    private readonly EtcdServer server;
    private readonly string real;
    private readonly string ours;

    private SideBySide(EtcdServer server, string real, string ours)
    {
        this.server = server;
        this.real = real;
        this.ours = ours;
    }

    public EtcdEndpoint Member => server.Endpoint;

    public static SideBySide Etcdctl(EtcdServer server)
    {
        Assert.SkipWhen(Programs.RealEtcdctl is null, Programs.HowToGetRealEtcd);
        return new SideBySide(server, Programs.RealEtcdctl, Programs.OurEtcdctl);
    }

    /// <summary>Runs the steps with the real program, puts the keys back, and runs them with ours.</summary>
    /// <param name="steps">What to call.</param>
    /// <param name="seed">Keys, below the prefix of the case, and their values, which are there before the first step.</param>
    public async Task SameAsync(IReadOnlyList<Step> steps, params IReadOnlyList<(string Key, string Value)> seed)
    {
        var prefix = NewPrefix();
        var expected = await RunAllAsync(real, steps, prefix, seed);
        var actual = await RunAllAsync(ours, steps, prefix, seed);
        for (var i = 0; i < steps.Count; i++)
        {
            Assert.Equal(Normalize(expected[i], steps[i]), Normalize(actual[i], steps[i]));
        }
    }

    /// <summary>As <see cref="SameAsync"/>, for lists whose order is not the same each time.</summary>
    internal async Task SameWordsAsync(IReadOnlyList<Step> steps, Func<string, string> older)
    {
        var expected = await RunAllAsync(real, steps, NewPrefix(), []);
        var actual = await RunAllAsync(ours, steps, NewPrefix(), []);
        for (var i = 0; i < steps.Count; i++)
        {
            Assert.Equal(Words(expected[i], steps[i]), Words(actual[i], steps[i]));
        }

        IEnumerable<string> Words(Outcome outcome, Step step) =>
            older(Hosts().Replace(Normalize(outcome, step), "host"))
                .Split([' ', '\n', ',', '"', '[', ']', '{', '}', '='], StringSplitOptions.RemoveEmptyEntries)
                .Order(StringComparer.Ordinal);
    }

    /// <summary>
    /// Where 3.7 prints something else than 3.5: ours prints that, and the real program of 3.5 does not (or else the case
    /// belongs to the others).
    /// </summary>
    public async Task NewerAsync(
        Step step,
        Action<string, string, int> newer,
        params IReadOnlyList<(string Key, string Value)> seed
    )
    {
        var prefix = NewPrefix();
        var older = (await RunAllAsync(real, [step], prefix, seed))[0];
        var actual = (await RunAllAsync(ours, [step], prefix, seed))[0];
        newer(Utf8(Normal.Output(actual.Output)), Utf8(Normal.Error(actual.Error)), actual.ExitCode);
        Assert.NotEqual(Normalize(older, step), Normalize(actual, step));
    }

    /// <summary>Runs one step with one of the programs alone.</summary>
    internal async Task<Outcome> RawAsync(Step step, bool ours) =>
        (await RunAllAsync(ours ? this.ours : real, [step], NewPrefix(), []))[0];

    /// <summary>Starts one of both programs, to talk with it.</summary>
    internal Process Start(string line, bool ours) =>
        ProgramRun.Start(ours ? this.ours : real, [.. CommandText.Split(line), "--endpoints", server.Address.Authority], []);

    /// <summary>What was printed, without the prefixes of cases.</summary>
    internal static string WithoutPrefix(string text) => Prefixes().Replace(text, "");

    internal async Task<Outcome> OursAsync(Step step) => (await RunAllAsync(ours, [step], NewPrefix(), []))[0];

    private static string Utf8(string bytes) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));

    private static string NewPrefix() => $"case{Interlocked.Increment(ref s_cases)}/";

    private static string Normalize(Outcome outcome, Step step) =>
        $"{step}\n-- exit code {outcome.ExitCode}\n-- output\n{Normal.Output(outcome)}\n-- error\n{Normal.Error(outcome.Error)}";

    private async Task<List<Outcome>> RunAllAsync(
        string program,
        IReadOnlyList<Step> steps,
        string prefix,
        IReadOnlyList<(string Key, string Value)> seed
    )
    {
        var revision = await SeedAsync(prefix, seed);
        var names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["p"] = prefix,
            ["h"] = prefix.TrimEnd('/'),
            ["at"] = server.Address.Authority,
            ["port"] = $"{server.Address.Port}",
            ["q"] = End(prefix),
            ["rev"] = $"{revision + 1}",
        };
        var outcomes = new List<Outcome>();
        foreach (var step in steps)
        {
            if (step.FindsMember is { } learner)
            {
                var learners = (await Member.MemberList()).Members.Where(static one => one.IsLearner).ToList();
                Assert.True(learners.Count == 1, $"{learners.Count} learners after {outcomes[^1]}");
                names[learner] = $"{learners[0].ID:x}";
            }

            var arguments = CommandText.Split(step.Line).ConvertAll(Fill);
            if (!step.WithoutEndpoint)
            {
                arguments.InsertRange(0, ["--endpoints", server.Address.Authority]);
            }

            var environment = step.Environment.Select(one => (one.Name, Fill(one.Value)));
            var outcome = await ProgramRun.RunAsync(program, arguments, Fill(step.Input), environment);
            if (step.Captures is { } name && Id().Match(outcome.Output) is { Success: true } match)
            {
                names[name] = match.Value;
            }

            outcomes.Add(outcome);
        }

        return outcomes;

        string Fill(string text) =>
            names.Aggregate(text, (filled, one) => filled.Replace($"{{{one.Key}}}", one.Value, StringComparison.Ordinal));
    }

    private static string End(string prefix) => prefix[..^1] + (char)(prefix[^1] + 1);

    /// <summary>The revision before the first key.</summary>
    private async Task<long> SeedAsync(string prefix, IReadOnlyList<(string Key, string Value)> seed)
    {
        var start = ByteString.CopyFromUtf8(prefix);
        var end = ByteString.CopyFromUtf8(End(prefix));
        var deleted = await Member.DeleteRange(new DeleteRangeRequest { Key = start, RangeEnd = end });
        foreach (var (key, value) in seed)
        {
            await Member.Put(
                new PutRequest { Key = ByteString.CopyFromUtf8(prefix + key), Value = ByteString.CopyFromUtf8(value) }
            );
        }

        return deleted.Header.Revision;
    }

    [GeneratedRegex(@"\b[0-9a-f]{11,16}\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"\bcase[0-9]+/", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Prefixes();

    [GeneratedRegex(@"\bcase[0-9]+\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hosts();
}
