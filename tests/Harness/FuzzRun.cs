using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace EtcdSharp.Harness;

/// <summary>
/// What a fuzz test tries, and how long: ETCDSHARP_FUZZ_SECONDS, a second or two where nothing is said. Each input is made
/// from its seed, and a failure names it; ETCDSHARP_FUZZ_SEED is the first of them, or <c>new</c>.
/// </summary>
/// <remarks>
/// Seeds count up from 1, so that a run can be compared with the one before, and a short one tries what a longer one tried:
/// whether a change is sound does not depend on luck. From <c>new</c> they count up from a place that no run had before, so that
/// long runs add up. A file below artifacts/fuzz says which they are, also where the process ends in the middle.
/// </remarks>
public static class FuzzRun
{
    private const string SecondsVariable = "ETCDSHARP_FUZZ_SECONDS";
    private const string SeedVariable = "ETCDSHARP_FUZZ_SEED";

    /// <summary>Far above what a run of hours reaches from 1, and as far below the largest number.</summary>
    private const int NewFrom = 1 << 30;

    private const int NewBelow = NewFrom + (1 << 29);

    private static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(1);

    /// <summary>The seeds to try, until the time is over.</summary>
    public static IEnumerable<int> Seeds(
        double defaultSeconds,
        [CallerFilePath] string file = "",
        [CallerMemberName] string test = ""
    )
    {
        var limit = TimeSpan.FromSeconds(
            Setting(SecondsVariable) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : defaultSeconds
        );
        var seed = Setting(SeedVariable) switch
        {
            null => 1,
            "new" => Random.Shared.Next(NewFrom, NewBelow),
            var number => int.Parse(number, CultureInfo.InvariantCulture),
        };
        var report = new Report(Path.GetFileNameWithoutExtension(file) + "." + test, seed);
        var started = Stopwatch.GetTimestamp();
        var (count, reported) = (0L, TimeSpan.Zero);
        report.Write(0, TimeSpan.Zero, "begun");
        try
        {
            for (var took = TimeSpan.Zero; took < limit; took = Stopwatch.GetElapsedTime(started))
            {
                if (took - reported > s_reportInterval)
                {
                    report.Write(count, took, "under way");
                    reported = took;
                }

                yield return seed++;
                count++;
            }
        }
        finally
        {
            var took = Stopwatch.GetElapsedTime(started);
            report.Write(count, took, took < limit ? "ended early" : "done");
        }
    }

    /// <summary>Leaves an input that was not taken well where the reports are, for what a seed makes of files that differ from run to run; its path.</summary>
    public static string Keep(string test, int seed, byte[] input)
    {
        var path = Path.Combine(Folder(), string.Create(CultureInfo.InvariantCulture, $"{test}-{seed}.bin"));
        File.WriteAllBytes(path, input);
        return path;
    }

    private static string Folder() =>
        Directory.CreateDirectory(Path.Combine(Programs.RepositoryRoot, "artifacts", "fuzz")).FullName;

    private static string? Setting(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? text : null;

    private sealed class Report(string test, int first)
    {
        private readonly string _path = Path.Combine(Folder(), test + ".txt");

        public void Write(long count, TimeSpan took, string state) =>
            File.WriteAllText(
                _path,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{test}: {count} inputs in {took.TotalSeconds:f1} s, seeds from {first}, {state}\n"
                )
            );
    }
}
