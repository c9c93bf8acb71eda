using System.Globalization;
using EtcdSharp.Harness;

namespace EtcdSharp.Compare.Scenarios;

/// <summary>A load on a fresh server, after some keys were written for it to read.</summary>
internal sealed class LoadScenario(
    string name,
    string title,
    long preloadedKeys,
    string kind,
    int clients,
    int connections,
    string[] arguments
) : Scenario(name, title)
{
    private static readonly Limit RequestsLimit = Limit.AtLeastTimes(1.5);
    private static readonly Limit CpuLimit = Limit.AtMostTimes(0.6);

    private readonly string[] _load =
    [
        "--clients",
        clients.ToString(CultureInfo.InvariantCulture),
        "--connections",
        connections.ToString(CultureInfo.InvariantCulture),
        .. arguments,
    ];

    public override Task<IReadOnlyList<Measurement>> RunAsync(ServerKind server, CompareOptions options) =>
        InScratchAsync(options, folder => MeasureAsync(server, options, folder));

    private async Task<IReadOnlyList<Measurement>> MeasureAsync(ServerKind serverKind, CompareOptions options, string folder)
    {
        await using var server = await LoadTarget.StartAsync(serverKind, options.Members, folder);
        string[] keySpace = preloadedKeys == 0 ? [] : ["--key-space", preloadedKeys.ToString(CultureInfo.InvariantCulture)];
        if (preloadedKeys > 0)
        {
            await LoadGenerator.RunAsync(
                server,
                "put",
                [.. keySpace, "--sequential", "--total", preloadedKeys.ToString(CultureInfo.InvariantCulture)]
            );
        }

        // A run of its own, so that the CPU of the measured one is that of a server which has been at work for a while.
        await LoadAsync(server, options.Warmup, keySpace);
        var cpuBefore = server.CpuTime();
        var report = await LoadAsync(server, options.Duration, keySpace);
        var cpu = server.CpuTime() - cpuBefore;
        return
        [
            new("requests/s", report.PerSecond(0), MoreIsBetter: true, RequestsLimit),
            new("p50 ms", report.Milliseconds(0, "p50")),
            new("p99 ms", report.Milliseconds(0, "p99")),
            new("p99.9 ms", report.Milliseconds(0, "p99.9")),
            new("server CPU us/request", cpu.TotalMicroseconds / report.Requests, Limit: CpuLimit),
            new("answer bytes", report.AnswerBytesEach(0)),
            new("client CPU us/request", report.ClientCpuSeconds * 1e6 / report.Requests),
        ];
    }

    private Task<LoadReport> LoadAsync(LoadTarget server, TimeSpan duration, string[] keySpace) =>
        LoadGenerator.RunAsync(
            server,
            kind,
            [.. keySpace, .. _load, "--duration", duration.TotalSeconds.ToString(CultureInfo.InvariantCulture)]
        );
}
