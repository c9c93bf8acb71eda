using EtcdSharp.Raft.Quorum;

namespace EtcdSharp.Raft.Tracker;

/// <summary>
/// The configuration that counts. Invariants: learners are no voters; <see cref="LearnersNext"/> are outgoing voters and
/// is empty, like auto-leave, unless joint.
/// </summary>
internal sealed record TrackerConfig(JointVoters Voters, bool AutoLeave, MemberSet Learners, MemberSet LearnersNext)
{
    public static TrackerConfig Empty { get; } = new(JointVoters.Empty, AutoLeave: false, MemberSet.Empty, MemberSet.Empty);

    public bool IsSingleton => Voters.Incoming.Count == 1 && !Voters.IsJoint;

    public ConfState ToConfState() =>
        new()
        {
            Voters = Voters.Incoming.ToArray(),
            VotersOutgoing = Voters.Outgoing.ToArray(),
            Learners = Learners.ToArray(),
            LearnersNext = LearnersNext.ToArray(),
            AutoLeave = AutoLeave,
        };

    public override string ToString() =>
        $"voters={Voters}"
        + (Learners.Count > 0 ? $" learners={Learners}" : "")
        + (LearnersNext.Count > 0 ? $" learners_next={LearnersNext}" : "")
        + (AutoLeave ? " autoleave" : "");
}
