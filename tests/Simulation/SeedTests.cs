using EtcdSharp.Simulation.Running;

namespace EtcdSharp.Simulation;

/// <summary>Fixed seeds: whole clusters under faults break no guarantee, and come to rest when the faults are over.</summary>
public sealed class SeedTests
{
    private const ulong Seeds = 24;

    [Fact]
    public void No_guarantee_is_broken_and_the_runs_have_seen_what_they_are_about()
    {
        List<RunResult> results = [];
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var result = SeedRun.Run(seed);
            Assert.True(result.Guarantee is null, result.ToString());
            Assert.True(
                result.CommittedEntries > 25 && result.AnsweredWrites > 20 && result.AnsweredReads > 5,
                result.ToString()
            );
            results.Add(result);
        }

        // What a single run may miss, all of them together may not.
        Assert.True(results.Sum(result => result.Elections) > 40);
        Assert.True(results.Sum(result => result.WatchEvents) > 2_000);
        Assert.True(results.Sum(result => result.WatchProgress) > 100);
        Assert.True(results.Sum(result => result.WatchCompactions) > 5);
        Assert.True(results.Sum(result => result.ExpiredLeases) > 50);
        Assert.True(results.Sum(result => result.InstalledSnapshots) > 5);
        Assert.True(results.Sum(result => result.HashesCompared) > 10);
    }

    [Fact]
    public void A_seed_has_one_history()
    {
        foreach (var seed in new ulong[] { 2, 3, 5 })
        {
            var first = SeedRun.Run(seed, faultSeconds: 20);
            var second = SeedRun.Run(seed, faultSeconds: 20);
            Assert.Equal(first.Fingerprint, second.Fingerprint);
            Assert.Equal(first.ToString(), second.ToString());
        }
    }
}
