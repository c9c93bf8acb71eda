using EtcdSharp.Simulation.Faults;

namespace EtcdSharp.Simulation.Running;

/// <summary>For every planted defect, how many seeds it takes until it is caught, and by which guarantee.</summary>
internal static class DefectTable
{
    public static int Print(ulong firstSeed, Defect only, int seedsMax)
    {
        var missed = 0;
        foreach (var defect in Enum.GetValues<Defect>().Where(one => one != Defect.None && (only == Defect.None || one == only)))
        {
            var caught = Catch(defect, firstSeed, seedsMax, out var seeds);
            missed += caught is null ? 1 : 0;
            Console.WriteLine(
                caught is null
                    ? $"{defect}: NOT caught in {seeds} seeds"
                    : $"{defect}: {seeds} seeds, {caught.Guarantee}: {caught.Detail}"
            );
        }

        return missed == 0 ? 0 : 1;
    }

    public static RunResult? Catch(Defect defect, ulong firstSeed, int seedsMax, out int seeds)
    {
        for (seeds = 1; seeds <= seedsMax; seeds++)
        {
            var result = SeedRun.Run(new RunOptions(firstSeed + (ulong)seeds - 1) { Defect = defect });
            if (result.Guarantee is not null)
            {
                return result;
            }
        }

        return null;
    }
}
