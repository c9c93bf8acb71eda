namespace EtcdSharp.Simulation.Running;

/// <summary>Looks for fewer faults, of the same seed, that break the same guarantee.</summary>
internal static class Shrinker
{
    private const int RunsMax = 120;

    public static RunResult Shrink(RunResult failed)
    {
        // What was to come later has not happened, so it is left away without asking.
        var best = failed with
        {
            Faults = [.. failed.Faults.Where(fault => fault.At <= failed.SimulatedNanoseconds)],
        };
        var runs = 0;
        for (var size = Math.Max(1, best.Faults.Count / 2); size >= 1; size = size == 1 ? 0 : size / 2)
        {
            for (var start = 0; start < best.Faults.Count && runs < RunsMax; runs++)
            {
                var fewer = best.Faults.Where((_, i) => i < start || i >= start + size).ToList();
                var attempt = SeedRun.Run(failed.Options with { Faults = fewer, WithJournal = false });
                if (attempt.Guarantee == failed.Guarantee)
                {
                    best = attempt;
                }
                else
                {
                    start += size;
                }
            }
        }

        return SeedRun.Run(failed.Options with { Faults = best.Faults, WithJournal = true });
    }
}
