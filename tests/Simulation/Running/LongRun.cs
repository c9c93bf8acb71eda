using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Simulation.Faults;

namespace EtcdSharp.Simulation.Running;

/// <summary>The simulation as a program: seed after seed until so many simulated hours are through or one fails.</summary>
internal static class LongRun
{
    private const int ProgressEverySeconds = 5;

    public static int Main(string[] args)
    {
        var seed = ulong.Parse(Option(args, "--seed") ?? "1", CultureInfo.InvariantCulture);
        var seconds = int.Parse(Option(args, "--fault-seconds") ?? "40", CultureInfo.InvariantCulture);
        var defect = Enum.Parse<Defect>(Option(args, "--defect") ?? nameof(Defect.None));
        if (Option(args, "--replay") is { } replayed)
        {
            return Replay(
                ulong.Parse(replayed, CultureInfo.InvariantCulture),
                defect,
                seconds,
                args.Contains("--whole", StringComparer.Ordinal)
            );
        }

        if (args.Contains("--defects", StringComparer.Ordinal))
        {
            return DefectTable.Print(
                seed,
                defect,
                Option(args, "--runs") is { } most ? int.Parse(most, CultureInfo.InvariantCulture) : 200
            );
        }

        var hours = double.Parse(Option(args, "--hours") ?? "1", CultureInfo.InvariantCulture);
        var runs = long.Parse(Option(args, "--runs") ?? "1000000000", CultureInfo.InvariantCulture);
        return Many(seed, hours, runs, defect, seconds, args.Contains("--go-on", StringComparer.Ordinal));
    }

    private static int Many(ulong seed, double hours, long runsMax, Defect defect, int seconds, bool goesOn)
    {
        var watch = Stopwatch.StartNew();
        var simulated = 0.0;
        var failures = 0;
        long runs = 0;
        var nextLine = ProgressEverySeconds;
        while (simulated < hours * 3600 && runs < runsMax)
        {
            var result = SeedRun.Run(seed, defect, seconds);
            runs++;
            seed++;
            simulated += result.SimulatedNanoseconds / 1e9;
            if (result.Guarantee is not null)
            {
                failures++;
                Console.WriteLine(result);
                if (!goesOn)
                {
                    return Replay(result.Seed, defect, seconds, whole: false);
                }
            }

            if (watch.Elapsed.TotalSeconds >= nextLine)
            {
                nextLine = (int)watch.Elapsed.TotalSeconds + ProgressEverySeconds;
                Console.WriteLine(Progress(runs, seed, simulated, watch, failures));
            }
        }

        Console.WriteLine(Progress(runs, seed, simulated, watch, failures));
        return failures == 0 ? 0 : 1;
    }

    private static string Progress(long runs, ulong seed, double simulated, Stopwatch watch, int failures) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{runs} runs up to seed {seed - 1}, {simulated / 3600:F2} simulated hours in {watch.Elapsed.TotalSeconds:F0}s ({simulated / 3600 / watch.Elapsed.TotalSeconds:F4} hours per second), {failures} violations"
        );

    private static int Replay(ulong seed, Defect defect, int seconds, bool whole)
    {
        var first = SeedRun.Run(seed, defect, seconds, withJournal: true);
        Console.WriteLine(first);
        if (first.Guarantee is null)
        {
            return 0;
        }

        var shown = whole ? first : Shrinker.Shrink(first, defect, seconds);
        Console.WriteLine($"with {shown.Faults.Count} of {first.Faults.Count} faults: {shown}");
        foreach (var fault in shown.Faults)
        {
            Console.WriteLine($"  {fault}");
        }

        foreach (var line in shown.Journal)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine(
            $"replay with: --replay {seed} --fault-seconds {seconds}" + (defect == Defect.None ? "" : $" --defect {defect}")
        );
        return 1;
    }

    private static string? Option(string[] args, string name)
    {
        var place = Array.IndexOf(args, name);
        return place >= 0 && place + 1 < args.Length ? args[place + 1] : null;
    }
}
