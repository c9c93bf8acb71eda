using System.CommandLine;
using EtcdSharp.Compare;
using EtcdSharp.Harness;

var quick = new Option<bool>("--quick")
{
    Description = "One round of two seconds each and a tenth of the keys: to see that all works",
};
var rounds = new Option<int?>("--rounds") { Description = "Rounds, real etcd and ours in turns (default 1)" };
var seconds = new Option<double?>("--duration") { Description = "Measured seconds of each load (default 5)" };
var warmup = new Option<double?>("--warmup") { Description = "Seconds of the same load before it is measured (default 8)" };
var keys = new Option<long?>("--keys") { Description = "Keys in the large store (default 1,000,000)" };
var members = new Option<int>("--members")
{
    Description = "Members that the loads run against, with clients at all of them; the other scenarios have their own number",
    DefaultValueFactory = _ => 1,
};
var changes = new Option<int?>("--leader-changes") { Description = "How often a leader is killed (default 50)" };
var scenarios = new Option<string?>("--scenarios")
{
    Description =
        "Only these, separated by commas, or all (default: those with a limit to keep to): "
        + string.Join(", ", ScenarioList.All.Select(scenario => scenario.Name)),
};
var only = new Option<string?>("--only") { Description = "Only one of the two servers: real or ours" };
var scratch = new Option<string>("--scratch")
{
    Description = "Folder for the data directories; its disk is the one measured",
    DefaultValueFactory = _ => Path.GetTempPath(),
};
var output = new Option<string>("--output")
{
    Description = "Folder for compare.json and compare.md",
    DefaultValueFactory = _ => ".",
};

var root = new RootCommand("Runs real etcd and EtcdSharp side by side under the same loads and prints the ratios.")
{
    quick,
    rounds,
    seconds,
    warmup,
    keys,
    members,
    changes,
    scenarios,
    only,
    scratch,
    output,
};
root.SetAction((parsed, cancellation) => RunAsync(parsed));
return await root.Parse(args).InvokeAsync();

async Task<int> RunAsync(ParseResult parsed)
{
    var isQuick = parsed.GetValue(quick);
    var options = new CompareOptions
    {
        Rounds = parsed.GetValue(rounds) ?? 1,
        Warmup = TimeSpan.FromSeconds(parsed.GetValue(warmup) ?? (isQuick ? 1 : 8)),
        Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds) ?? (isQuick ? 2 : 5)),
        Members = parsed.GetValue(members),
        LeaderChanges = parsed.GetValue(changes) ?? (isQuick ? 5 : 50),
        LargeKeys = parsed.GetValue(keys) ?? (isQuick ? 100_000 : 1_000_000),
        ScratchFolder = parsed.GetValue(scratch)!,
        OutputFolder = parsed.GetValue(output)!,
        Kinds = parsed.GetValue(only) switch
        {
            "real" => [ServerKind.Real],
            "ours" => [ServerKind.Ours],
            _ => [ServerKind.Real, ServerKind.Ours],
        },
        Scenarios = parsed.GetValue(scenarios)?.Split(',') ?? [],
    };
    if (options.Kinds.Contains(ServerKind.Real) && Programs.RealEtcd is null)
    {
        Console.Error.WriteLine(Programs.HowToGetRealEtcd);
        return 1;
    }
    var unknown = options
        .Scenarios.Except([.. ScenarioList.All.Select(scenario => scenario.Name), "all"], StringComparer.Ordinal)
        .ToList();
    if (unknown.Count > 0)
    {
        Console.Error.WriteLine("no such scenario: " + string.Join(", ", unknown));
        return 1;
    }
    var chosen = options.Scenarios switch
    {
        [] => ScenarioList.Limited,
        ["all"] => ScenarioList.All,
        var some => [.. ScenarioList.All.Where(scenario => some.Contains(scenario.Name, StringComparer.Ordinal))],
    };
    var report = new ComparisonReport(options);
    for (var round = 0; round < options.Rounds; round++)
    {
        foreach (var scenario in chosen)
        {
            // Who comes first changes with the round, so that neither always finds the machine as the other left it.
            foreach (var kind in round % 2 == 0 ? options.Kinds : options.Kinds.Reverse())
            {
                if (scenario.WhyNot(kind) is { } reason)
                {
                    Console.Error.WriteLine($"{scenario.Name}: {kind} left out: {reason}");
                    continue;
                }
                var figures = await scenario.RunAsync(kind, options);
                report.Add(scenario, kind, round, figures);
                Console.Error.WriteLine(
                    $"round {round + 1}, {scenario.Name}, {kind}: "
                        + string.Join(
                            ", ",
                            figures.Select(figure => FormattableString.Invariant($"{figure.Metric} {figure.Value:G4}"))
                        )
                );
            }
        }
        report.Write();
    }
    Console.WriteLine(report.ToMarkdown());
    return 0;
}
