using EtcdSharp.Node.Loops;

namespace EtcdSharp.Server.Tests.Node;

public sealed class LogHoldTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void The_log_is_held_while_a_store_is_sent_and_for_thirty_seconds_after_it_arrived()
    {
        var hold = new LogHold();
        Assert.False(hold.Holds(0));
        hold.Begin();
        Assert.True(hold.Holds(1000 * Second));
        hold.Delivered(1000 * Second);
        hold.End();
        Assert.True(hold.Holds(1029 * Second));
        Assert.False(hold.Holds(1030 * Second));
    }

    [Fact]
    public void A_store_that_could_not_be_sent_holds_nothing_afterwards()
    {
        var hold = new LogHold();
        hold.Begin();
        hold.Begin();
        hold.End();
        Assert.True(hold.Holds(0));
        hold.End();
        Assert.False(hold.Holds(0));
    }
}
