using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl.Commands.Concurrency;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Checking;

/// <summary>Writes at a steady rate for a minute and tells whether the cluster kept up.</summary>
internal static class CheckPerfCommand
{
    private const int Seconds = 60;
    private const int KeyBytes = 256;
    private const int ValueBytes = 1024;
    private const double ThroughputMin = 0.9;
    private const double SlowestSecondsMax = 0.5;
    private const double DeviationSecondsMax = 0.1;

    private const string LoadUsage =
        "The performance check's workload model. Accepted workloads: s(small), m(medium), l(large), xl(xLarge). Different workload models use different configurations in terms of number of clients and expected throughput.";

    /// <summary>Writes per second and connections, from small to extra large.</summary>
    private static readonly (int PerSecond, int Clients)[] s_loads = [(150, 50), (1000, 200), (8000, 500), (15000, 1000)];

    public static Command Create(GlobalFlags global)
    {
        var command = new Command("perf [options]", "Check the performance of the etcd cluster");
        var options = new CheckOptions(
            command.Flags,
            LoadUsage,
            "/etcdctl-check-perf/",
            "The prefix for writing the performance check's keys."
        );
        command.Run = async context =>
        {
            var load = s_loads[options.Load()];
            var passed = false;
            await Session.RunAsync(
                global,
                context,
                async session => passed = await CheckAsync(session, options, load.PerSecond, load.Clients)
            );
            return passed ? ExitCode.Success : ExitCode.Error;
        };
        return command;
    }

    private static async Task<bool> CheckAsync(Session session, CheckOptions options, int perSecond, int clients)
    {
        await options.RequireNoKeysAsync(session, "'etcdctl del --prefix PREFIX'");
        var stop = new StopSignal();
        LoadReport report;
        TimeSpan took;
        using (var bar = new ProgressBar(session.Context.Error, Seconds))
        {
            using var second = new Timer(_ => bar.Add(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            var start = Stopwatch.GetTimestamp();
            var writes = new WriteLoad(session, options.Prefix, clients, KeyBytes, ValueBytes);
            report = await writes.RunAsync(SteadilyAsync(perSecond, stop.Token), static () => { });
            took = Stopwatch.GetElapsedTime(start);
            if (!stop.Token.IsCancellationRequested)
            {
                // The last second of the load may end before that of the timer.
                bar.Fill();
            }
        }

        await options.CleanUpAsync(session);
        return Judge(session.Context.Out, report, took, perSecond);
    }

    /// <summary>A turn at each moment that the rate allows one, until the time is over or somebody stops it.</summary>
    private static async IAsyncEnumerable<int> SteadilyAsync(int perSecond, [EnumeratorCancellation] CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        for (long turn = 0; turn < (long)perSecond * Seconds && !stop.IsCancellationRequested; turn++)
        {
            var early = TimeSpan.FromSeconds((double)turn / perSecond) - Stopwatch.GetElapsedTime(start);
            if (early > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(early, CancellationToken.None);
            }
            else if (early < TimeSpan.FromSeconds(-Seconds) || Stopwatch.GetElapsedTime(start).TotalSeconds > Seconds)
            {
                yield break;
            }

            yield return 0;
        }
    }

    private static bool Judge(Output output, LoadReport report, TimeSpan took, int perSecond)
    {
        foreach (var line in report.FailureLines())
        {
            output.WriteLine(line);
        }

        var rate = report.PerSecond(took);
        var (slowest, deviation) = (report.Slowest, report.Deviation());
        var fastEnough = rate / perSecond > ThroughputMin;
        var promptEnough = slowest <= SlowestSecondsMax;
        var evenEnough = deviation <= DeviationSecondsMax;
        var writes = (int)rate + 1;
        output.WriteLine(fastEnough ? $"PASS: Throughput is {writes} writes/s" : $"FAIL: Throughput too low: {writes} writes/s");
        output.WriteLine(
            promptEnough ? $"PASS: Slowest request took {Number(slowest)}s" : $"Slowest request took too long: {Number(slowest)}s"
        );
        output.WriteLine(evenEnough ? $"PASS: Stddev is {Number(deviation)}s" : $"Stddev too high: {Number(deviation)}s");
        var passed = fastEnough && promptEnough && evenEnough && report.Failures.Count == 0;
        output.WriteLine(passed ? "PASS" : "FAIL");
        return passed;
    }

    private static string Number(double seconds) => seconds.ToString("F6", CultureInfo.InvariantCulture);
}
