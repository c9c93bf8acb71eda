using System.Diagnostics;
using EtcdSharp.Harness;

namespace EtcdSharp.Compare.Scenarios;

/// <summary>A server with nothing in it and nothing to do: how fast it is there, and what it costs to have it.</summary>
internal sealed class IdleScenario() : Scenario("idle", "empty and idle")
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(10);

    private static readonly Limit MemoryLimit = Limit.AtMost(64 * 1024 * 1024 / 1e6);

    public override Task<IReadOnlyList<Measurement>> RunAsync(ServerKind kind, CompareOptions options) =>
        InScratchAsync(options, folder => MeasureAsync(kind, folder));

    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(ServerKind kind, string folder)
    {
        var started = Stopwatch.GetTimestamp();
        await using var server = await StartAsync(kind, folder);
        var first = Stopwatch.GetElapsedTime(started);
        await Task.Delay(Settle);
        var cpuBefore = server.CpuTime();
        await Task.Delay(Watched);
        var cpu = server.CpuTime() - cpuBefore;
        var (resident, anonymous) = server.Memory();
        return
        [
            new("start to first read ms", first.TotalMilliseconds, Limit: Limit.AtMostTimes(1)),
            new("RSS MB", resident / 1e6, Limit: MemoryLimit),
            new("RSS without mapped files MB", anonymous / 1e6),
            new("CPU ms per idle second", cpu.TotalMilliseconds / Watched.TotalSeconds),
        ];
    }
}
