using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Node.Compaction;

namespace EtcdSharp.Server.Tests.Compaction;

public sealed class CompactionScheduleTests
{
    [Theory]
    [InlineData(1, 6, 60)]
    [InlineData(24, 6, 60)]
    public void Periods_of_hours_are_kept_and_compacted_hourly(int hours, int intervalMinutes, int everyMinutes)
    {
        var schedule = new PeriodicSchedule(TimeSpan.FromHours(hours), TimeSpan.Zero);
        Assert.Equal(TimeSpan.FromMinutes(intervalMinutes), schedule.Interval);
        var compactions = Run(schedule, TimeSpan.FromHours(hours + 3));
        Assert.Equal(TimeSpan.FromHours(hours), compactions[0].At);

        // A note is used at the end of the wait that follows it, so up to one interval more than the period is kept.
        Assert.All(
            compactions,
            compaction =>
                Assert.InRange(
                    compaction.At - RevisionTime(compaction.Revision),
                    TimeSpan.FromHours(hours),
                    TimeSpan.FromHours(hours) + schedule.Interval
                )
        );
        Assert.Equal(TimeSpan.FromMinutes(everyMinutes), compactions[1].At - compactions[0].At);
    }

    [Fact]
    public void A_short_period_is_compacted_once_per_period()
    {
        var schedule = new PeriodicSchedule(TimeSpan.FromMinutes(10), TimeSpan.Zero);
        var compactions = Run(schedule, TimeSpan.FromHours(1));
        Assert.Equal(6, compactions.Count);
    }

    [Fact]
    public void A_failed_compaction_is_tried_again_at_the_next_look()
    {
        var schedule = new PeriodicSchedule(TimeSpan.FromHours(1), TimeSpan.Zero);
        var dues = new List<TimeSpan>();
        for (var now = TimeSpan.Zero; now < TimeSpan.FromMinutes(80); )
        {
            schedule.Observe(Revision(now));
            now += schedule.Interval;
            if (schedule.Due(now, Revision(now)) is not null)
            {
                dues.Add(now);
            }
        }

        Assert.Equal([60, 66, 72, 78, 84], dues.Select(due => (int)due.TotalMinutes));
    }

    [Fact]
    public void Idle_history_is_not_compacted_again()
    {
        var schedule = new RevisionSchedule(100);
        Assert.Null(schedule.Due(TimeSpan.Zero, 100));
        Assert.Equal(50, schedule.Due(TimeSpan.Zero, 150));
        schedule.Compacted(TimeSpan.Zero, 50);
        Assert.Null(schedule.Due(TimeSpan.Zero, 150));
        Assert.Equal(TimeSpan.FromMinutes(5), schedule.Interval);
    }

    [Theory]
    [InlineData("periodic", "0", false)]
    [InlineData("periodic", "1", true)]
    [InlineData("periodic", "30m", true)]
    [InlineData("revision", "1000", true)]
    [InlineData("revision", "0", false)]
    public void Options_make_schedules(string mode, string retention, bool made)
    {
        Assert.Null(AutoCompaction.TryPlan(mode, retention, out var plan));
        Assert.Equal(made, plan.Begin(EtcdSharp.Platform.SystemClock.Instance) is not null);
    }

    [Theory]
    [InlineData("revision", "1h")]
    [InlineData("sometimes", "1")]
    [InlineData("periodic", "soon")]
    public void Nonsense_is_refused(string mode, string retention) =>
        Assert.NotNull(AutoCompaction.TryPlan(mode, retention, out _));

    private static List<(TimeSpan At, long Revision)> Run(PeriodicSchedule schedule, TimeSpan until)
    {
        var compactions = new List<(TimeSpan, long)>();
        for (var now = TimeSpan.Zero; now < until; )
        {
            schedule.Observe(Revision(now));
            now += schedule.Interval;
            if (schedule.Due(now, Revision(now)) is { } revision)
            {
                compactions.Add((now, revision));
                schedule.Compacted(now, revision);
            }
        }

        return compactions;
    }

    private static long Revision(TimeSpan time) => 1 + (long)time.TotalSeconds;

    private static TimeSpan RevisionTime(long revision) => TimeSpan.FromSeconds(revision - 1);
}
