using EtcdSharp.Node.Elections;
using EtcdSharp.Raft;

namespace EtcdSharp.Server.Tests.Node;

public sealed class EarlyElectionTests
{
    private const int ElectionTicks = 10;
    private static readonly SoftState s_nobodyLeads = new(RaftIds.None, RaftRole.Follower);

    [Fact]
    public void Members_take_turns_and_no_two_have_the_same()
    {
        ulong[] voters = [5, 1, 9, 7, 3];
        var taken = new Dictionary<int, ulong>();
        foreach (var self in voters.Where(id => id != 5))
        {
            var early = new EarlyElection();
            Assert.True(early.Begin(gone: 5, self, voters, ElectionTicks));
            for (var tick = 1; tick <= 2 * ElectionTicks; tick++)
            {
                if (early.Tick(s_nobodyLeads))
                {
                    taken.Add(tick, self);
                }
            }
        }

        Assert.Equal([2, 4, 6, 8, 10, 12, 14, 16, 18, 20], taken.Keys.Order());
        Assert.Equal([1UL, 3, 7, 9, 1], taken.OrderBy(turn => turn.Key).Take(5).Select(turn => turn.Value));
    }

    [Fact]
    public void It_ends_when_somebody_leads_or_raft_itself_has_had_its_time()
    {
        ulong[] voters = [1, 2, 3];
        var early = new EarlyElection();
        Assert.True(early.Begin(3, 1, voters, ElectionTicks));
        Assert.False(early.Begin(3, 1, voters, ElectionTicks));
        Assert.False(early.Tick(s_nobodyLeads));
        Assert.False(early.Tick(new SoftState(2, RaftRole.Follower)));
        Assert.False(early.Tick(s_nobodyLeads));

        Assert.True(early.Begin(3, 1, voters, ElectionTicks));
        Assert.Equal(5, Enumerable.Range(0, 1000).Count(_ => early.Tick(s_nobodyLeads)));
    }

    [Fact]
    public void A_leader_that_goes_right_after_it_was_elected_is_replaced_as_well()
    {
        ulong[] voters = [1, 2, 3];
        var early = new EarlyElection();
        Assert.True(early.Begin(3, 1, voters, ElectionTicks));
        Assert.True(early.Begin(2, 1, voters, ElectionTicks));
        Assert.Equal([2, 6, 10, 14, 18], Enumerable.Range(1, 1000).Where(_ => early.Tick(s_nobodyLeads)));
    }

    [Fact]
    public void Learners_do_not_campaign_and_candidacies_are_not_broken_off()
    {
        var early = new EarlyElection();
        Assert.False(early.Begin(3, self: 4, [1, 2, 3], ElectionTicks));
        Assert.True(early.Begin(3, self: 1, [1, 2, 3], ElectionTicks));
        Assert.False(early.Tick(s_nobodyLeads));
        Assert.False(early.Tick(new SoftState(RaftIds.None, RaftRole.Candidate)));
        for (var tick = 3; tick < 6; tick++)
        {
            Assert.False(early.Tick(s_nobodyLeads));
        }

        Assert.True(early.Tick(new SoftState(RaftIds.None, RaftRole.PreCandidate)));
    }
}
