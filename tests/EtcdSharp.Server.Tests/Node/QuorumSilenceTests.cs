using EtcdSharp.Node.Elections;

namespace EtcdSharp.Server.Tests.Node;

public sealed class QuorumSilenceTests
{
    private const int ElectionTicks = 10;
    private const ulong Self = 1;

    private static readonly ulong[] s_three = [1, 2, 3];
    private static readonly ulong[] s_five = [1, 2, 3, 4, 5];

    [Fact]
    public void A_leader_has_an_election_timeout_for_its_first_answers()
    {
        var silence = new QuorumSilence(ElectionTicks);
        Run(silence, s_three, 7);
        silence.Begin();
        Assert.Equal(ElectionTicks, Run(silence, s_three, 100));
    }

    [Fact]
    public void An_answer_counts_for_an_election_timeout_from_when_it_came()
    {
        var silence = new QuorumSilence(ElectionTicks);
        silence.Begin();
        Assert.Null(Run(silence, s_three, 9));
        silence.Heard(3);
        Assert.Null(Run(silence, s_three, 9));
        silence.Heard(2);
        Assert.Equal(ElectionTicks, Run(silence, s_three, 100));
    }

    [Fact]
    public void Half_of_the_voters_are_no_quorum()
    {
        var silence = new QuorumSilence(ElectionTicks);
        silence.Begin();
        for (var turn = 0; turn < ElectionTicks - 1; turn++)
        {
            silence.Heard(2);
            Assert.False(silence.Tick(s_five, Self));
        }

        silence.Heard(2);
        Assert.True(silence.Tick(s_five, Self));
        silence.Heard(4);
        Assert.False(silence.Tick(s_five, Self));
    }

    [Fact]
    public void The_only_voter_needs_no_answer()
    {
        var silence = new QuorumSilence(ElectionTicks);
        silence.Begin();
        Assert.Null(Run(silence, [Self], 100));
    }

    [Fact]
    public void A_leader_that_votes_no_more_does_not_count_itself()
    {
        var silence = new QuorumSilence(ElectionTicks);
        silence.Begin();
        for (var turn = 0; turn < ElectionTicks - 1; turn++)
        {
            silence.Heard(2);
            Assert.False(silence.Tick([2, 3], Self));
        }

        silence.Heard(2);
        Assert.True(silence.Tick([2, 3], Self));
    }

    /// <summary>The turn in which the silence was too long; null for none of so many.</summary>
    private static int? Run(QuorumSilence silence, ulong[] voters, int turns)
    {
        for (var turn = 1; turn <= turns; turn++)
        {
            if (silence.Tick(voters, Self))
            {
                return turn;
            }
        }

        return null;
    }
}
