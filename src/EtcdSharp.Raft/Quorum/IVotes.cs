namespace EtcdSharp.Raft.Quorum;

/// <summary>How each voter voted; implemented by structs, so that counting allocates nothing.</summary>
internal interface IVotes
{
    bool TryGetVote(ulong voter, out bool granted);
}
