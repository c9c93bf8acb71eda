using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtcdSharp.Compare;

/// <summary>What the load generator wrote about a run.</summary>
internal sealed class LoadReport(JsonNode json)
{
    public static LoadReport Read(string file) =>
        new(JsonNode.Parse(File.ReadAllText(file)) ?? throw new JsonException($"{file} is empty"));

    /// <summary>All requests of the run, those of the warm-up included.</summary>
    public long Requests => (long)json["requests"]!;

    public double ClientCpuSeconds => (double)json["clientCpuSeconds"]!;

    public double PerSecond(int series) => (double)Series(series)["perSecond"]!;

    public long Count(int series) => (long)Series(series)["count"]!;

    public long Failed(int series) => (long)Series(series)["failed"]!;

    public double Milliseconds(int series, string quantile) =>
        (double)Series(series)["latencyNs"]!["quantiles"]![quantile]! / 1e6;

    public double AnswerBytesEach(int series) => (double)(long)Series(series)["answerBytes"]! / Math.Max(1, Count(series));

    private JsonNode Series(int index) => json["series"]![index]!;
}
