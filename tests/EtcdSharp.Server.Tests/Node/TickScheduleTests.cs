using EtcdSharp.Node.Elections;

namespace EtcdSharp.Server.Tests.Node;

public sealed class TickScheduleTests
{
    private const long Ms = 1_000_000;

    [Fact]
    public void Ticks_that_are_noticed_late_do_not_put_off_those_after_them()
    {
        var schedule = new TickSchedule(100);
        schedule.Start(7 * Ms);
        var ticks = 0;
        for (var now = 7 * Ms; now <= 10_007 * Ms; now += 3 * Ms)
        {
            ticks += schedule.Take(now) ? 1 : 0;
        }

        Assert.Equal(100, ticks);
        Assert.Equal(10_007 * Ms, schedule.NextNanoseconds);
    }

    [Fact]
    public void Ticks_that_were_missed_are_not_made_up_for()
    {
        var schedule = new TickSchedule(100);
        schedule.Start(0);
        Assert.True(schedule.Take(0));
        Assert.True(schedule.Take(5_030 * Ms));
        Assert.False(schedule.Take(5_099 * Ms));
        Assert.True(schedule.Take(5_100 * Ms));
        Assert.False(schedule.Take(5_199 * Ms));
    }
}
