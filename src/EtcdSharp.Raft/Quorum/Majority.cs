namespace EtcdSharp.Raft.Quorum;

/// <summary>
/// Decisions by the majority of one set of voters. An empty set agrees to everything, so that half a joint
/// configuration that is not there does not count.
/// </summary>
internal static class Majority
{
    /// <summary>Sets up to this size are sorted on the stack; the usual cluster has three to seven voters.</summary>
    private const int StackVotersMax = 32;

    public static int QuorumOf(int voters) => voters / 2 + 1;

    /// <summary>The highest index that a majority has acknowledged; <see cref="ulong.MaxValue"/> for an empty set.</summary>
    public static ulong CommittedIndex<TAcked>(MemberSet voters, ref TAcked acked)
        where TAcked : struct, IAckedIndexes
    {
        var count = voters.Count;
        if (count == 0)
        {
            return ulong.MaxValue;
        }

        Span<ulong> indexes = count <= StackVotersMax ? stackalloc ulong[count] : new ulong[count];
        for (var i = 0; i < count; i++)
        {
            indexes[i] = acked.TryGetAcked(voters.Ids[i], out var index) ? index : 0;
        }

        indexes.Sort();
        return indexes[count - QuorumOf(count)];
    }

    public static VoteResult Tally<TVotes>(MemberSet voters, ref TVotes votes)
        where TVotes : struct, IVotes
    {
        if (voters.Count == 0)
        {
            return VoteResult.VoteWon;
        }

        var granted = 0;
        var missing = 0;
        foreach (var id in voters.Ids)
        {
            if (!votes.TryGetVote(id, out var vote))
            {
                missing++;
            }
            else if (vote)
            {
                granted++;
            }
        }

        var quorum = QuorumOf(voters.Count);
        if (granted >= quorum)
        {
            return VoteResult.VoteWon;
        }

        return granted + missing >= quorum ? VoteResult.VotePending : VoteResult.VoteLost;
    }
}
