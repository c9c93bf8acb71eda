using System.Globalization;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Running;

/// <summary>The simulation as a program: seed after seed until so many simulated hours are through or one fails.</summary>
internal static class LongRun
{
    private const int ProgressEverySeconds = 10;

    /// <summary>So that a long run that is cut off has told what happened in its hours.</summary>
    private const int LinesBetweenTables = 30;

    /// <summary>Of a hundred runs with a mixed workload. Quiet ones last a thousand times as long as busy ones, so few of them are most of the hours.</summary>
    private const int OrdinaryPercent = 20;
    private const int QuietPercent = 10;

    public static int Main(string[] args)
    {
        var options = new RunOptions(Number(args, "--seed", 1))
        {
            Defect = Enum.Parse<Defect>(Option(args, "--defect") ?? nameof(Defect.None)),
            FaultSeconds = (int)Number(args, "--fault-seconds", 0),
        };
        var workload = Option(args, "--workload");
        if (workload is not (null or "mixed"))
        {
            options = options with { Workload = Enum.Parse<Workload>(workload, ignoreCase: true) };
        }

        if (Option(args, "--replay") is { } replayed)
        {
            var seed = ulong.Parse(replayed, CultureInfo.InvariantCulture);
            return Replay(options with { Seed = seed }, args.Contains("--whole", StringComparer.Ordinal));
        }

        if (args.Contains("--defects", StringComparer.Ordinal))
        {
            return DefectTable.Print(options.Seed, options.Defect, (int)Number(args, "--runs", 200));
        }

        var hours = double.Parse(Option(args, "--hours") ?? "1", CultureInfo.InvariantCulture);
        var limits = new LongRunLimits(
            hours * 3600,
            (long)Number(args, "--runs", 1_000_000_000),
            TimeSpan.FromMinutes(Number(args, "--minutes", 100_000)),
            (int)Number(args, "--jobs", 1),
            args.Contains("--go-on", StringComparer.Ordinal)
        );
        return Many(options, workload == "mixed", limits);
    }

    private static int Many(RunOptions first, bool isMixed, LongRunLimits limits)
    {
        var totals = new LongRunTotals();
        var next = first.Seed;
        var gate = new Lock();
        RunResult? failed = null;
        void Work()
        {
            while (true)
            {
                ulong seed;
                lock (gate)
                {
                    if (
                        totals.Runs + totals.UnderWay >= limits.Runs
                        || totals.IsOver(limits)
                        || (failed is not null && !limits.GoesOn)
                    )
                    {
                        return;
                    }

                    seed = next++;
                    totals.UnderWay++;
                }

                var result = SeedRun.Run(first with { Seed = seed, Workload = isMixed ? Mixed(seed) : first.Workload });
                lock (gate)
                {
                    totals.Add(result);
                    if (result.Guarantee is not null)
                    {
                        failed ??= result;
                        Console.WriteLine($"{result} | {result.Options.ReplayArguments}");
                    }
                }
            }
        }

        Thread[] workers = [.. Enumerable.Range(0, limits.Jobs).Select(_ => new Thread(Work) { IsBackground = true })];
        Array.ForEach(workers, worker => worker.Start());
        for (
            var line = 1;
            !Array.TrueForAll(workers, worker => worker.Join(TimeSpan.FromSeconds(ProgressEverySeconds) / workers.Length));
            line++
        )
        {
            lock (gate)
            {
                Console.WriteLine(line % LinesBetweenTables == 0 ? totals.Table() : totals);
            }
        }

        Console.WriteLine(totals.Table());
        return failed is null ? 0
            : limits.GoesOn ? 1
            : Replay(failed.Options, whole: false);
    }

    private static Workload Mixed(ulong seed) =>
        (seed % 100) switch
        {
            < QuietPercent => Workload.Quiet,
            < QuietPercent + OrdinaryPercent => Workload.Ordinary,
            _ => Workload.Busy,
        };

    private static int Replay(RunOptions options, bool whole)
    {
        var first = SeedRun.Run(options with { WithJournal = true });
        Console.WriteLine(first);
        Console.WriteLine(options.Shape);
        if (first.Guarantee is null)
        {
            return 0;
        }

        var shown = whole ? first : Shrinker.Shrink(first);
        Console.WriteLine($"with {shown.Faults.Count} of {first.Faults.Count} faults: {shown}");
        foreach (var fault in shown.Faults)
        {
            Console.WriteLine($"  {fault}");
        }

        foreach (var line in shown.Journal)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine($"replay with: {options.ReplayArguments}");
        return 1;
    }

    private static ulong Number(string[] args, string name, ulong otherwise) =>
        Option(args, name) is { } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? Option(string[] args, string name)
    {
        var place = Array.IndexOf(args, name);
        return place >= 0 && place + 1 < args.Length ? args[place + 1] : null;
    }
}
