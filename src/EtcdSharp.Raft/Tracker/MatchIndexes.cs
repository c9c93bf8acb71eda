using System.Runtime.InteropServices;
using EtcdSharp.Raft.Quorum;

namespace EtcdSharp.Raft.Tracker;

/// <summary>Each voter's matching index, as the quorum counts it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct MatchIndexes(ProgressMap progress) : IAckedIndexes
{
    public bool TryGetAcked(ulong voter, out ulong index)
    {
        var known = progress.TryGet(voter, out var member);
        index = known ? member!.Match : 0;
        return known;
    }
}
