using EtcdSharp.Platform;

namespace EtcdSharp.Node.Compaction;

/// <summary>What automatic compaction is to keep, read and checked: so many revisions, or the history of such a time; neither for all.</summary>
internal sealed record CompactionPlan(long Revisions, TimeSpan Period)
{
    public static readonly CompactionPlan Off = new(0, TimeSpan.Zero);

    /// <summary>A schedule that counts from now; null when nothing is to be compacted.</summary>
    public ICompactionSchedule? Begin(IClock clock) =>
        Revisions > 0 ? new RevisionSchedule(Revisions)
        : Period > TimeSpan.Zero
            ? new PeriodicSchedule(Period, TimeSpan.FromTicks(clock.MonotonicNanoseconds / TimeSpan.NanosecondsPerTick))
        : null;
}
