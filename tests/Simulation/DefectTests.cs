using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Running;

namespace EtcdSharp.Simulation;

/// <summary>That the checks can see: every planted defect is caught, by a run that is known to meet it.</summary>
public sealed class DefectTests
{
    private const int SeedsMax = 150;

    /// <summary>For each defect the first seed that catches it; docs/simulation.md has the same numbers.</summary>
    private static readonly Dictionary<Defect, ulong> CaughtBySeed = new()
    {
        [Defect.AckBeforeSync] = 1,
        [Defect.OwnAckBeforeSync] = 5,
        [Defect.LogSyncDoesNothing] = 1,
        [Defect.VoteNotStored] = 2,
        [Defect.LearnerVoteCounts] = 18,
        [Defect.ReadIndexWithoutRound] = 2,
        [Defect.ReadWithoutBarrier] = 1,
        [Defect.StaleReadAfterPause] = 3,
        [Defect.AppliedOutOfOrder] = 1,
        [Defect.AppliedTwice] = 1,
        [Defect.IndexBeforeChanges] = 34,
        [Defect.CompareIgnored] = 1,
        [Defect.DeleteLostByCompaction] = 1,
        [Defect.RevisionGoesBack] = 1,
        [Defect.DefragmentationNotSynced] = 2,
        [Defect.TxnReadsCompacted] = 1,
        [Defect.OlderSnapshotRestored] = 3,
        [Defect.ReceivedStoreNotSynced] = 4,
        [Defect.SnapshotReleasesTooMuch] = 328,
        [Defect.StateNotRefreshed] = 3,
        [Defect.SnapshotCommitNotSynced] = 18,
        [Defect.AlarmForgotten] = 28,
        [Defect.ProgressAheadOfStream] = 2,
        [Defect.ProgressBeforeStart] = 2,
        [Defect.WatchGoesBack] = 2,
        [Defect.WatchEventTwice] = 1,
        [Defect.SlowWatchLosesEvents] = 10,
        [Defect.DeleteAtCompactionLost] = 14,
        [Defect.WatchSkipsCompactedRevision] = 1,
        [Defect.WatchTearsRevision] = 2,
        [Defect.LeaseExpiresEarly] = 1,
        [Defect.RenewalByStaleLeader] = 9,
        [Defect.RevocationByFormerLeader] = 3,
    };

    public static TheoryData<string> Defects =>
        [.. Enum.GetValues<Defect>().Except([Defect.None]).Select(defect => defect.ToString())];

    [Theory]
    [MemberData(nameof(Defects))]
    public void A_planted_defect_is_caught(string name)
    {
        var defect = Enum.Parse<Defect>(name);
        Assert.True(CaughtBySeed.TryGetValue(defect, out var seed), $"no seed is known that catches {defect}");
        if (SeedRun.Run(new RunOptions(seed) { Defect = defect }).Guarantee is not null)
        {
            return;
        }

        // A change of the program changes what happens under a seed; then another one has to catch it, and the table an update.
        Assert.True(DefectTable.Catch(defect, 1, SeedsMax, out _) is not null, $"{defect} is not caught by {SeedsMax} seeds");
    }
}
