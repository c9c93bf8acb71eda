using System.Globalization;

namespace EtcdSharp.Harness;

/// <summary>How long a fuzz test goes on: ETCDSHARP_FUZZ_SECONDS. Each round has a seed, and a failure names it.</summary>
public static class FuzzRun
{
    /// <summary>The seeds to try, until the time is over.</summary>
    public static IEnumerable<int> Seeds(int defaultSeconds)
    {
        var wanted = Environment.GetEnvironmentVariable("ETCDSHARP_FUZZ_SECONDS");
        var seconds = wanted is { Length: > 0 } ? int.Parse(wanted, CultureInfo.InvariantCulture) : defaultSeconds;

        // A short run looks at other seeds each time; 2^30 apart from the end, so that a long one does not run over.
        var first = Random.Shared.Next(1 << 30);
        var end = Environment.TickCount64 + (seconds * 1000L);
        for (var seed = first; Environment.TickCount64 < end; seed++)
        {
            yield return seed;
        }
    }
}
