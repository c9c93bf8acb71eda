using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Harness;

namespace EtcdSharp.Compare.Scenarios;

/// <summary>A store with many keys: how long it takes to write them, what they cost in memory, and how fast it is back after a restart.</summary>
internal sealed class LargeStoreScenario() : Scenario("large", "many keys")
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    public override Task<IReadOnlyList<Measurement>> RunAsync(ServerKind kind, CompareOptions options) =>
        InScratchAsync(options, folder => MeasureAsync(kind, options, folder));

    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(ServerKind kind, CompareOptions options, string folder)
    {
        List<Measurement> figures = [];
        await using (var server = await StartAsync(kind, folder))
        {
            var keys = options.LargeKeys.ToString(CultureInfo.InvariantCulture);
            var report = await LoadGenerator.RunAsync(
                server,
                "put",
                "--clients",
                "1000",
                "--connections",
                "20",
                "--sequential",
                "--key-space",
                keys,
                "--total",
                keys
            );
            await Task.Delay(Settle);
            var (resident, anonymous) = server.Memory();
            figures.Add(new("loading: requests/s", report.PerSecond(0), MoreIsBetter: true));
            figures.Add(new("loading: p99 ms", report.Milliseconds(0, "p99")));
            figures.Add(new("loaded: RSS MB", resident / 1e6, Limit: Limit.AtMostTimes(1)));
            figures.Add(new("loaded: RSS without mapped files MB", anonymous / 1e6));
            await server.StopAsync();
        }
        var started = Stopwatch.GetTimestamp();
        await using (var server = await StartAsync(kind, folder))
        {
            figures.Add(
                new("restart to first read ms", Stopwatch.GetElapsedTime(started).TotalMilliseconds, Limit: Limit.AtMostTimes(1))
            );
            await Task.Delay(Settle);
            var (resident, anonymous) = server.Memory();
            figures.Add(new("restarted: RSS MB", resident / 1e6));
            figures.Add(new("restarted: RSS without mapped files MB", anonymous / 1e6));
        }
        return figures;
    }
}
