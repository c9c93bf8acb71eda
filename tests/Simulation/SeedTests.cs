using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Simulation.Running;

namespace EtcdSharp.Simulation;

/// <summary>Fixed seeds: whole clusters under faults break no guarantee, and come to rest when the faults are over.</summary>
public sealed class SeedTests
{
    private const ulong Seeds = 32;

    [Fact]
    public void No_guarantee_is_broken_and_the_runs_have_seen_what_they_are_about()
    {
        List<RunResult> results = [];
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var result = SeedRun.Run(new RunOptions(seed));
            Assert.True(result.Guarantee is null, result.ToString());
            Assert.True(
                result.CommittedEntries > 50 && result.AnsweredWrites > 20 && result.AnsweredReads > 5,
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
        Assert.True(results.Sum(result => result.MessagesEncoded) > 10_000);
        Assert.True(results.Sum(result => result.LearnersPromoted) > 0);
        Assert.True(results.Sum(result => result.MembersRemoved) > 0);
        Assert.True(results.Sum(result => result.LeaseCheckpoints) > 0);
        Assert.True(results.Sum(result => result.AlarmsRaised) > 0);
        var missing = Enum.GetValues<FaultKind>().Except(results.SelectMany(result => result.Faults).Select(fault => fault.Kind));
        Assert.Empty(missing);
    }

    /// <summary>Seeds that have found defects of the program: docs/simulation.md says which.</summary>
    [Theory]
    [InlineData(49, nameof(Workload.Busy))]
    [InlineData(161, nameof(Workload.Busy))]
    [InlineData(237, nameof(Workload.Busy))]
    [InlineData(300, nameof(Workload.Busy))]
    [InlineData(3003759, nameof(Workload.Busy))]
    [InlineData(5100212, nameof(Workload.Ordinary))]
    public void What_was_mended_stays_so(ulong seed, string workload)
    {
        var result = SeedRun.Run(new RunOptions(seed) { Workload = Enum.Parse<Workload>(workload) });
        Assert.True(result.Guarantee is null, result.ToString());
    }

    [Theory]
    [InlineData(nameof(Workload.Busy), 20)]
    [InlineData(nameof(Workload.Ordinary), 600)]
    [InlineData(nameof(Workload.Quiet), 3_600)]
    public void A_seed_has_one_history(string workload, int faultSeconds)
    {
        foreach (var seed in new ulong[] { 2, 3, 5 })
        {
            var options = new RunOptions(seed) { Workload = Enum.Parse<Workload>(workload), FaultSeconds = faultSeconds };
            var first = SeedRun.Run(options);
            var second = SeedRun.Run(options);
            Assert.Equal(first.Fingerprint, second.Fingerprint);
            Assert.Equal(first.ToString(), second.ToString());
        }
    }
}
