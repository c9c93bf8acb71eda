using System.Globalization;
using EtcdSharp.Harness;

namespace EtcdSharp.Compare.Scenarios;

/// <summary>
/// A disk whose every sync takes 50 ms longer, writers that keep it busy, and readers that need not wait for it.
/// Ours alone: real etcd calls the kernel directly, where nothing can be put in between.
/// </summary>
internal sealed class SlowDiskScenario() : Scenario("slow-disk", "syncs of 50 ms, 100 writers")
{
    private const string SyncMs = "50";

    public override string? WhyNot(ServerKind kind) =>
        kind == ServerKind.Real
            ? "real etcd calls the kernel directly, its syncs cannot be slowed down from outside"
            : SlowDisk.WhyNot;

    public override Task<IReadOnlyList<Measurement>> RunAsync(ServerKind kind, CompareOptions options) =>
        InScratchAsync(options, folder => MeasureAsync(kind, options, folder));

    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(ServerKind kind, CompareOptions options, string folder)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LD_PRELOAD"] = await SlowDisk.BuildAsync(options.ScratchFolder),
            ["SLOW_SYNC_MS"] = SyncMs,
        };
        await using var server = await StartAsync(kind, folder, environment);
        string[] time =
        [
            "--warmup",
            options.Warmup.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            "--duration",
            options.Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            "--key-space",
            "1000",
        ];
        var writing = LoadGenerator.RunAsync(server, "put", ["--clients", "100", .. time]);
        var reading = LoadGenerator.RunAsync(server, "range", ["--clients", "10", "--rate", "200", .. time]);
        await Task.WhenAll(writing, reading);
        var writes = await writing;
        if (writes.Milliseconds(0, "p50") < 40)
        {
            throw new InvalidOperationException("the writes are faster than a single slow sync: the slow disk is not in the way");
        }
        return
        [
            new("put: requests/s", writes.PerSecond(0), MoreIsBetter: true),
            new("put: p50 ms", writes.Milliseconds(0, "p50")),
            new("put: p99 ms", writes.Milliseconds(0, "p99")),
            new("linearizable range: p50 ms", (await reading).Milliseconds(0, "p50")),
            new("linearizable range: p99 ms", (await reading).Milliseconds(0, "p99"), Limit: Limit.AtMost(5)),
        ];
    }
}
