using System.Globalization;
using EtcdSharp.Cluster.Faults;

namespace EtcdSharp.Cluster;

/// <summary>Clusters of processes under faults: histories are linearizable, watches and leases keep what they promise, clients are served again in time.</summary>
public sealed class FaultTests
{
    /// <summary>How many rounds of faults the long run has; it is left out where this is not set.</summary>
    private const string RoundsVariable = "ETCDSHARP_CLUSTER_ROUNDS";

    private const string SeedVariable = "ETCDSHARP_CLUSTER_SEED";
    private const int RoundsPerEpisode = 12;

    private static readonly ServerKind[][] s_shapes =
    [
        [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours],
        [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours, ServerKind.Ours, ServerKind.Ours],
        [ServerKind.Real, ServerKind.Ours, ServerKind.Ours],
        [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours],
        [ServerKind.Real, ServerKind.Real, ServerKind.Ours],
    ];

    [Fact]
    public async Task ThreeMembersSurviveTheLossOfTheirLeader()
    {
        var result = await Episode.RunAsync(
            new EpisodeOptions
            {
                Kinds = [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours],
                Faults = [FaultKind.LeaderKilled, FaultKind.LeaderParted, FaultKind.LeaderPausedAndParted],
                Seed = 1,
                UntilALeaseEnds = true,
            }
        );
        RequireSeen(result);
        Assert.True(result.LeasesJudged > 0, result.ToString());
    }

    [Fact]
    public async Task ALeaderThatHearsNobodyIsReplacedInTime()
    {
        var result = await Episode.RunAsync(
            new EpisodeOptions
            {
                Kinds = [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours],
                Faults = [FaultKind.LeaderDeaf, FaultKind.LeaderDeaf, FaultKind.LeaderDeaf],
                Seed = 5,
            }
        );
        RequireSeen(result);
    }

    [Fact]
    public async Task FiveMembersSurviveTwoThatAreAway()
    {
        LongRun.Require();
        var result = await Episode.RunAsync(
            new EpisodeOptions
            {
                Kinds = s_shapes[1],
                Faults = [FaultKind.MinorityParted, FaultKind.MajorityLost],
                Seed = 2,
                HeartbeatMs = 50,
                ElectionMs = 500,
            }
        );
        RequireSeen(result);
    }

    [Fact]
    public async Task RealMembersAndOursSurviveTogether()
    {
        Assert.SkipUnless(Programs.RealEtcd is not null, Programs.HowToGetRealEtcd);
        var result = await Episode.RunAsync(
            new EpisodeOptions
            {
                Kinds = [ServerKind.Real, ServerKind.Ours, ServerKind.Ours],
                Faults = [FaultKind.LeaderKilled, FaultKind.LeaderPaused, FaultKind.FollowerUnheard],
                Seed = 3,
            }
        );
        RequireSeen(result);
    }

    [Fact]
    public async Task AFullDiskOfOneMemberIsNoMatterForTheOthers()
    {
        LongRun.Require();
        using (var disk = SmallDisk.TryCreate(out var whyNot))
        {
            Assert.SkipWhen(disk is null, whyNot ?? "");
        }

        var result = await Episode.RunAsync(
            new EpisodeOptions
            {
                Kinds = [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours],
                Faults = [FaultKind.FullDisk],
                Seed = 4,
                Lasting = TimeSpan.FromSeconds(3),
            }
        );
        RequireSeen(result);
    }

    [Fact]
    public async Task TheLongRun()
    {
        var rounds = Number(RoundsVariable, 0);
        Assert.SkipWhen(rounds == 0, $"set {RoundsVariable}, for instance to 500");
        var seed = Number(SeedVariable, Random.Shared.Next(1_000_000));
        for (var done = 0; done < rounds; done += RoundsPerEpisode, seed++)
        {
            var options = Chosen(seed);
            TestContext.Current.SendDiagnosticMessage($"seed {seed}: {string.Join(',', options.Kinds)}");
            LongRun.Note(
                $"{DateTime.UtcNow:HH:mm:ss} seed {seed}: {string.Join(',', options.Kinds)}: {await Episode.RunAsync(options)}"
            );
        }
    }

    private static EpisodeOptions Chosen(int seed)
    {
        var random = new Random(seed);
        var shapes = Programs.RealEtcd is null ? [.. s_shapes.Where(shape => !shape.Contains(ServerKind.Real))] : s_shapes;
        var kinds = shapes[seed % shapes.Length];
        using var disk = SmallDisk.TryCreate(out _);
        var possible = Enum.GetValues<FaultKind>()
            .Where(kind => kind != FaultKind.SlowDisk || (!kinds.Contains(ServerKind.Real) && SlowDisk.WhyNot is null))
            .Where(kind => kind != FaultKind.FullDisk || (disk is not null && kinds[0] == ServerKind.Ours))
            .ToArray();
        return new EpisodeOptions
        {
            Kinds = kinds,
            Faults = [.. Enumerable.Range(0, RoundsPerEpisode).Select(_ => possible[random.Next(possible.Length)])],
            Seed = seed,
        };
    }

    private static void RequireSeen(EpisodeResult result)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        Assert.True(
            result.AnsweredWrites > 30 * result.Rounds
                && result.AnsweredReads > 10 * result.Rounds
                && result.WatchEvents > 50 * result.Rounds,
            result.ToString()
        );
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
