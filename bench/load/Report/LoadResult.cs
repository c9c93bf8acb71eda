using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtcdSharp.Bench.Report;

/// <summary>What a run measured, and the ways to show it.</summary>
internal sealed record LoadResult(LoadOptions Options, IReadOnlyList<SeriesResult> Series, TimeSpan Elapsed, TimeSpan ClientCpu)
{
    private static readonly (string Name, double Share)[] Quantiles =
    [
        ("p50", 0.5),
        ("p90", 0.9),
        ("p95", 0.95),
        ("p99", 0.99),
        ("p99.9", 0.999),
        ("p99.99", 0.9999),
    ];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Requests that ended with another status than OK.</summary>
    public long Failed => Series.Sum(series => series.ByStatus.Skip(1).Sum());

    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var series in Series.Where(series => series.Latency.Count > 0))
        {
            var latency = series.Latency;
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{series.Name}: {latency.Count:N0} in {Elapsed.TotalSeconds:F2} s = {PerSecond(series):N0}/s, {Failures(series)}"
            );
            text.Append(CultureInfo.InvariantCulture, $"  ms: min {Ms(latency.Min)}  mean {Ms((long)latency.Mean)}");
            foreach (var (name, share) in Quantiles)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {name} {Ms(latency.Quantile(share))}");
            }
            text.AppendLine(CultureInfo.InvariantCulture, $"  max {Ms(latency.Max)}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  answer bytes each: {(double)series.Bytes / latency.Count:F1}");
        }
        var requests = Series.Sum(series => series.Done);
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"CPU of this program: {ClientCpu.TotalMicroseconds / Math.Max(1, requests):F2} us per request"
        );
        return text.ToString();
    }

    public string ToJson()
    {
        var series = new JsonArray();
        foreach (var result in Series)
        {
            var latency = result.Latency;
            var quantiles = new JsonObject();
            foreach (var (name, share) in Quantiles)
            {
                quantiles[name] = latency.Quantile(share);
            }
            series.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["name"] = result.Name,
                        ["count"] = latency.Count,
                        ["perSecond"] = PerSecond(result),
                        ["failed"] = result.ByStatus.Skip(1).Sum(),
                        ["byStatus"] = new JsonArray([.. result.ByStatus.Select(count => (JsonNode)count)]),
                        ["answerBytes"] = result.Bytes,
                        ["latencyNs"] = new JsonObject
                        {
                            ["min"] = latency.Count == 0 ? 0 : latency.Min,
                            ["mean"] = latency.Mean,
                            ["max"] = latency.Max,
                            ["quantiles"] = quantiles,
                        },
                        ["eachSecond"] = new JsonArray([.. result.PerSecond.Select(count => (JsonNode)count)]),
                        ["histogram"] = new JsonArray([
                            .. latency.Buckets().Select(bucket => (JsonNode)new JsonArray(bucket.From, bucket.To, bucket.Count)),
                        ]),
                    }
            );
        }
        return new JsonObject
        {
            ["scenario"] = Options.Scenario,
            ["connections"] = Options.Connections,
            ["clients"] = Options.Clients,
            ["keySize"] = Options.KeySize,
            ["valueSize"] = Options.ValueSize,
            ["keySpace"] = Options.KeySpace,
            ["rangeSize"] = Options.RangeSize,
            ["serializable"] = Options.Serializable,
            ["watchers"] = Options.Watchers,
            ["streams"] = Options.Streams,
            ["seconds"] = Elapsed.TotalSeconds,
            ["requests"] = Series.Sum(result => result.Done),
            ["clientCpuSeconds"] = ClientCpu.TotalSeconds,
            ["series"] = series,
        }.ToJsonString(Indented);
    }

    private static string Ms(long nanoseconds) => (nanoseconds / 1e6).ToString("F3", CultureInfo.InvariantCulture);

    private static string Failures(SeriesResult series)
    {
        var failed = series.ByStatus.Select((count, status) => (count, status)).Skip(1).Where(entry => entry.count > 0).ToList();
        return failed.Count == 0
            ? "none failed"
            : "failed: " + string.Join(", ", failed.Select(entry => $"{entry.count:N0} with status {entry.status}"));
    }

    private double PerSecond(SeriesResult series) => series.Latency.Count / Math.Max(1e-9, Elapsed.TotalSeconds);
}
