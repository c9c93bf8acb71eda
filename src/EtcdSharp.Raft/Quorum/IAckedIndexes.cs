namespace EtcdSharp.Raft.Quorum;

/// <summary>Up to which index each voter has acknowledged; implemented by structs, so that counting allocates nothing.</summary>
internal interface IAckedIndexes
{
    bool TryGetAcked(ulong voter, out ulong index);
}
