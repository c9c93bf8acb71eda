using EtcdSharp.Platform.Simulated;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Faults;

/// <summary>The faults of a seed: a list, so that a run can be repeated with fewer of them.</summary>
internal static class FaultSchedule
{
    public static List<Fault> Of(Shape shape)
    {
        var random = new SeededRandom(shape.Seed ^ 0x4641554C54);
        var kinds = Enum.GetValues<FaultKind>();
        var favourites = kinds.Where(_ => random.Next(2) == 0).DefaultIfEmpty(FaultKind.Kill).ToArray();
        var spacing = shape.FaultSpacingNanoseconds;
        List<Fault> faults = [];
        if (random.Next(3) == 0)
        {
            faults.Add(new Fault(2 * Shape.Second, FaultKind.AddMember, 0, 0, 0, 0));
        }

        for (var at = 3 * Shape.Second; at < shape.FaultNanoseconds; at += 1 + (long)(random.NextUInt64() % (ulong)(2 * spacing)))
        {
            var kind = random.Next(4) == 0 ? kinds[random.Next(kinds.Length)] : favourites[random.Next(favourites.Length)];
            var longest = random.Next(4) == 0 ? shape.LongestFaultMs : shape.LongestFaultMs / 5;
            faults.Add(
                new Fault(
                    at,
                    kind,
                    random.Next(64),
                    random.Next(64),
                    (100 + random.Next(longest)) * Shape.Millisecond,
                    random.Next(1000)
                )
            );
        }

        return faults;
    }
}
