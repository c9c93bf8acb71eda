using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EtcdSharp.Harness;

namespace EtcdSharp.Compare;

/// <summary>All figures of all rounds, and their medians side by side.</summary>
internal sealed class ComparisonReport(CompareOptions options)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<(Scenario Scenario, ServerKind Kind, int Round, Measurement Figure)> _figures = [];

    public void Add(Scenario scenario, ServerKind kind, int round, IEnumerable<Measurement> figures) =>
        _figures.AddRange(figures.Select(figure => (scenario, kind, round, figure)));

    public void Write()
    {
        Directory.CreateDirectory(options.OutputFolder);
        File.WriteAllText(Path.Combine(options.OutputFolder, "compare.json"), ToJson());
        File.WriteAllText(Path.Combine(options.OutputFolder, "compare.md"), ToMarkdown());
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Medians of {options.Rounds} rounds, {options.Duration.TotalSeconds} s each, {Environment.ProcessorCount} processors shared with the load generator. A ratio above 1 in the last column is in our favour."
        );
        text.AppendLine()
            .AppendLine("| scenario | figure | etcd | ours | ours / etcd | in our favour | limit | kept |")
            .AppendLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |");
        var (kept, limits) = (0, 0);
        foreach (var row in Rows())
        {
            var (real, ours) = (Median(row, ServerKind.Real), Median(row, ServerKind.Ours));
            var ratio = ours / real;
            var advantage = row.Figure.MoreIsBetter ? ratio : 1 / ratio;
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {row.Scenario.Title} | {row.Figure.Metric} | {Number(real)} | {Number(ours)} | {Number(ratio)} | {Number(advantage)} | {row.Figure.Limit} | {Verdict(row.Figure.Limit?.IsKept(real, ours))} |"
            );
            if (row.Figure.Limit?.IsKept(real, ours) is { } isKept)
            {
                kept += isKept ? 1 : 0;
                limits++;
            }
        }
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{kept} of {limits} limits are kept.");
        return text.ToString();
    }

    private string ToJson()
    {
        var rows = new JsonArray();
        foreach (var row in Rows())
        {
            rows.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["scenario"] = row.Scenario.Name,
                        ["figure"] = row.Figure.Metric,
                        ["moreIsBetter"] = row.Figure.MoreIsBetter,
                        ["etcd"] = Values(row, ServerKind.Real),
                        ["ours"] = Values(row, ServerKind.Ours),
                    }
            );
        }
        return new JsonObject
        {
            ["rounds"] = options.Rounds,
            ["seconds"] = options.Duration.TotalSeconds,
            ["warmupSeconds"] = options.Warmup.TotalSeconds,
            ["largeKeys"] = options.LargeKeys,
            ["processors"] = Environment.ProcessorCount,
            ["rows"] = rows,
        }.ToJsonString(Indented);
    }

    private IEnumerable<(Scenario Scenario, Measurement Figure)> Rows() =>
        _figures.Select(entry => (entry.Scenario, entry.Figure)).DistinctBy(entry => (entry.Scenario.Name, entry.Figure.Metric));

    private List<double> Of((Scenario Scenario, Measurement Figure) row, ServerKind kind) =>
        [
            .. _figures
                .Where(entry =>
                    entry.Kind == kind
                    && entry.Scenario == row.Scenario
                    && string.Equals(entry.Figure.Metric, row.Figure.Metric, StringComparison.Ordinal)
                )
                .Select(entry => entry.Figure.Value),
        ];

    private JsonArray Values((Scenario Scenario, Measurement Figure) row, ServerKind kind) =>
        new([.. Of(row, kind).Select(value => (JsonNode)value)]);

    private double Median((Scenario Scenario, Measurement Figure) row, ServerKind kind)
    {
        var values = Of(row, kind);
        values.Sort();
        return values.Count switch
        {
            0 => double.NaN,
            var count when count % 2 == 1 => values[count / 2],
            var count => (values[(count / 2) - 1] + values[count / 2]) / 2,
        };
    }

    private static string Verdict(bool? isKept) =>
        isKept switch
        {
            true => "yes",
            false => "**no**",
            null => "",
        };

    private static string Number(double value) =>
        double.IsNaN(value) ? "-"
        : value >= 1000 ? value.ToString("N0", CultureInfo.InvariantCulture)
        : value >= 10 ? value.ToString("F1", CultureInfo.InvariantCulture)
        : value.ToString("F2", CultureInfo.InvariantCulture);
}
