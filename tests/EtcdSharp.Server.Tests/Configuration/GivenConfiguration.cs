using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using EtcdSharp.Harness;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>A configuration in one of the ways that there are to give one, for real etcd and for ours.</summary>
internal sealed record GivenConfiguration(
    IReadOnlyList<string> Arguments,
    string? File = null,
    IReadOnlyDictionary<string, string>? Environment = null
)
{
    /// <summary>What ends as configurations do that are right by themselves, with these flags besides.</summary>
    public static GivenConfiguration OnTheCommandLine(params string[] arguments) =>
        new([.. RealStart.Base().Select(pair => $"--{pair.Key}={pair.Value}"), .. arguments]);

    /// <summary>The lines that make a start end by itself, without some of them.</summary>
    public static string BaseOfFile(params string[] without) =>
        string.Concat(
            RealStart
                .Base()
                .Where(pair => !without.Contains(pair.Key, StringComparer.Ordinal))
                .Select(pair => $"{pair.Key}: {pair.Value}\n")
        );

    public static GivenConfiguration InAFile(string text) => new([], text);

    public static void SkipWithoutRealEtcd([CallerMemberName] string test = "") =>
        Assert.SkipWhen(Programs.RealEtcd is null, $"{test}: {Programs.HowToGetRealEtcd}");

    public Task<RealStart> GiveToEtcdAsync() => RealStart.RunAsync(Arguments, Environment, File);

    public ConfigurationReading GiveToOurs()
    {
        var environment = new Hashtable(
            (Environment ?? new Dictionary<string, string>(StringComparer.Ordinal)).ToDictionary(StringComparer.Ordinal)
        );
        if (File is null)
        {
            return ConfigurationReader.Read(Arguments, environment);
        }

        var folder = Directory.CreateTempSubdirectory("etcdsharp-configuration-");
        try
        {
            var path = Path.Combine(folder.FullName, "etcd.yaml");
            System.IO.File.WriteAllText(path, File);
            return ConfigurationReader.Read(["--config-file", path, .. Arguments], environment);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Gives each of the values of a flag to both, and tells where one takes what the other refuses, or they end with other codes or use other values.</summary>
    /// <param name="flag">The flag.</param>
    /// <param name="values">Its values.</param>
    /// <param name="compose">The configuration with a value.</param>
    /// <param name="expected">Where they differ, on purpose.</param>
    public static async Task<IReadOnlyCollection<string>> DifferencesAsync(
        FlagDefinition flag,
        IEnumerable<string> values,
        Func<string, GivenConfiguration> compose,
        Func<string, ExpectedDifference> expected
    )
    {
        var differences = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(
            values,
            new ParallelOptions { MaxDegreeOfParallelism = RealStart.AtOnceMax },
            async (value, _) =>
            {
                var given = compose(value);
                var (real, ours) = (await given.GiveToEtcdAsync(), given.GiveToOurs());
                foreach (var difference in Differences(flag, real, ours, expected(value)))
                {
                    differences.Enqueue($"{flag}={value}: {difference}");
                }
            }
        );
        return differences;
    }

    private static IEnumerable<string> Differences(
        FlagDefinition flag,
        RealStart real,
        ConfigurationReading ours,
        ExpectedDifference expected
    )
    {
        if (ours.Error?.Contains("not built yet", StringComparison.Ordinal) == true)
        {
            yield break;
        }

        // etcd reads the retention only once it starts.
        var isTakenByEtcd = flag == FlagTable.AutoCompactionRetention ? real.Settings is not null : real.IsAccepted;
        var isTakenHere = ours.Error is null;
        if (expected == ExpectedDifference.RefusedHere ? isTakenHere || !isTakenByEtcd : isTakenHere != isTakenByEtcd)
        {
            yield return $"etcd {(isTakenByEtcd ? "takes" : "refuses")} it; ours: {ours.Error}";
        }
        else if (!isTakenHere && !isTakenByEtcd && real.ExitCode != ours.ExitCode && !real.HasPanicked)
        {
            yield return $"etcd ends with code {real.ExitCode}, ours with {ours.ExitCode}: {ours.Error}";
        }
        else if (ours.Options is { } options && real.Settings is { } settings)
        {
            var found = EffectiveValue.Differences(settings, options, flag).ToList();
            if (expected != ExpectedDifference.OtherEffect)
            {
                foreach (var difference in found)
                {
                    yield return difference;
                }
            }
            else if (found.Count == 0)
            {
                yield return "it has the same effect, other than expected";
            }
        }
    }
}
