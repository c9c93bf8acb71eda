namespace EtcdSharp.Raft.Quorum;

/// <summary>The voters of a configuration, whose decisions need a majority of both halves (Raft thesis, section 4.3).</summary>
/// <param name="Incoming">The voters to be.</param>
/// <param name="Outgoing">The voters that were; empty unless joint.</param>
internal sealed record JointVoters(MemberSet Incoming, MemberSet Outgoing)
{
    public static JointVoters Empty { get; } = new(MemberSet.Empty, MemberSet.Empty);

    public bool IsJoint => Outgoing.Count > 0;

    public MemberSet All => Incoming.Union(Outgoing);

    public bool Contains(ulong id) => Incoming.Contains(id) || Outgoing.Contains(id);

    /// <summary>The highest index that both majorities have acknowledged.</summary>
    public ulong CommittedIndex<TAcked>(ref TAcked acked)
        where TAcked : struct, IAckedIndexes =>
        Math.Min(Majority.CommittedIndex(Incoming, ref acked), Majority.CommittedIndex(Outgoing, ref acked));

    public VoteResult Tally<TVotes>(ref TVotes votes)
        where TVotes : struct, IVotes
    {
        var incoming = Majority.Tally(Incoming, ref votes);
        var outgoing = Majority.Tally(Outgoing, ref votes);
        if (incoming == outgoing)
        {
            return incoming;
        }

        return incoming == VoteResult.VoteLost || outgoing == VoteResult.VoteLost ? VoteResult.VoteLost : VoteResult.VotePending;
    }

    public override string ToString() => IsJoint ? $"{Incoming}&&{Outgoing}" : Incoming.ToString();
}
