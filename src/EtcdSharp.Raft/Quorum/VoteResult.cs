namespace EtcdSharp.Raft.Quorum;

internal enum VoteResult
{
    /// <summary>Undecided: the outstanding votes can still tip it.</summary>
    VotePending = 1,

    /// <summary>Lost: even if all outstanding votes were granted, there is no quorum.</summary>
    VoteLost,

    VoteWon,
}
