using EtcdSharp.Raft;

namespace EtcdSharp.Server.Node;

/// <summary>
/// Where the log stands, published by the threads that own it for everyone who asks. Each number is read and written
/// whole; only the relations named here hold between them.
/// </summary>
internal sealed class NodeState(ulong memberId) : ILeadership
{
    private ulong _leaderId;
    private ulong _raftTerm;
    private ulong _committedIndex;
    private ulong _appliedIndex;
    private ulong _appliedTerm;
    private ulong _soleLeaderTerm;
    private ulong _aloneFromIndex;
    private bool _wasAlone;
    private long _leaderSinceNanoseconds;

    public ulong MemberId { get; } = memberId;

    public ulong LeaderId => Volatile.Read(ref _leaderId);

    public bool IsLeader => LeaderId == MemberId;

    /// <summary>The term that raft is in; may be ahead of <see cref="AppliedTerm"/>.</summary>
    public ulong RaftTerm => Volatile.Read(ref _raftTerm);

    public ulong CommittedIndex => Volatile.Read(ref _committedIndex);

    public ulong AppliedIndex => Volatile.Read(ref _appliedIndex);

    public ulong AppliedTerm => Volatile.Read(ref _appliedTerm);

    /// <summary>When the present leader was first seen; 0 for never.</summary>
    public long LeaderSinceNanoseconds => Volatile.Read(ref _leaderSinceNanoseconds);

    /// <summary>
    /// True when what is applied here is all that any client can know of: this member leads, is alone in the cluster,
    /// and has applied an entry of its own term and everything that another member can have seen. Nobody else can
    /// commit or acknowledge anything (a learner would: it may apply an entry before the leader does), so a read needs
    /// neither a round nor a wait.
    /// </summary>
    public bool AppliedStateIsCurrent
    {
        get
        {
            var term = Volatile.Read(ref _soleLeaderTerm);
            return term != 0 && AppliedTerm >= term && AppliedIndex >= Volatile.Read(ref _aloneFromIndex);
        }
    }

    /// <summary>Raft loop only, before a message of the new state leaves: see <see cref="AppliedStateIsCurrent"/>.</summary>
    public void PublishRaft(in RaftBasicStatus status, bool alone)
    {
        if (alone && !_wasAlone)
        {
            // Who was removed just now may have been sent any entry of the log, and may have acknowledged it.
            Volatile.Write(ref _aloneFromIndex, status.LastIndex);
        }

        _wasAlone = alone;
        var leads = status.SoftState.Role == RaftRole.Leader;
        Volatile.Write(ref _soleLeaderTerm, leads && alone ? status.HardState.Term : 0);
        Volatile.Write(ref _raftTerm, status.HardState.Term);
        Volatile.Write(ref _leaderId, status.SoftState.Leader);
        Volatile.Write(ref _committedIndex, status.HardState.Commit);
    }

    public void PublishLeaderSince(long nowNanoseconds) => Volatile.Write(ref _leaderSinceNanoseconds, nowNanoseconds);

    /// <summary>Apply loop only (and bootstrap before it runs), after the effects of the entry are readable.</summary>
    public void PublishApplied(ulong index, ulong term)
    {
        Volatile.Write(ref _appliedTerm, term);
        Volatile.Write(ref _appliedIndex, index);
    }
}
