using EtcdSharp.Raft;

namespace EtcdSharp.Node.Elections;

/// <summary>
/// When to campaign once it is known that the leader is gone: nothing listens at its addresses any more, as its process has
/// ended, or it was removed. Then there is no silence to be waited for. The raft loop owns it.
/// </summary>
/// <remarks>
/// It may be mistaken without harm where campaigns begin with a vote on trial (--pre-vote): members that still hear the
/// leader do not grant it, a leader that does live is heard at its next heartbeat and followed again, and no read or lease
/// rests on the time that members without news wait. Members take their turns by their place among the voters, not by
/// chance, so that they do not split the votes; turns come round again because another member may notice later, or be of a
/// kind that waits.
/// </remarks>
internal sealed class EarlyElection
{
    /// <summary>A turn: the others notice within one heartbeat or so, and two rounds of votes take less than another.</summary>
    private const int TurnTicks = 2;

    private bool _isOn;
    private ulong _gone;
    private int _ticks;
    private int _firstTurn;
    private int _period;
    private int _lastTick;

    /// <param name="voters">Those of the present configuration.</param>
    /// <param name="electionTicks">After twice as many, raft's own timeouts alone decide.</param>
    /// <returns>False when it has begun before for the same leader, or is not for a member like this one.</returns>
    public bool Begin(ulong gone, ulong self, IReadOnlyList<ulong> voters, int electionTicks)
    {
        if ((_isOn && _gone == gone) || !voters.Contains(self))
        {
            return false;
        }

        _isOn = true;
        _gone = gone;
        _ticks = 0;
        _firstTurn = TurnTicks * (1 + voters.Count(id => id != gone && id < self));
        _period = TurnTicks * voters.Count(id => id != gone);
        _lastTick = 2 * electionTicks;
        return true;
    }

    /// <summary>At every tick: whether it is this member's turn to campaign.</summary>
    public bool Tick(in SoftState now)
    {
        if (!_isOn)
        {
            return false;
        }

        if (now.Leader != RaftIds.None || ++_ticks > _lastTick)
        {
            _isOn = false;
            return false;
        }

        // A real candidacy is let run; its votes are on their way.
        return _ticks >= _firstTurn
            && (_ticks - _firstTurn) % _period == 0
            && now.Role is RaftRole.Follower or RaftRole.PreCandidate;
    }
}
