using System.Diagnostics.CodeAnalysis;
using EtcdSharp.Raft.Quorum;

namespace EtcdSharp.Raft.Core;

/// <summary>The read positions that members have answered, as the quorum counts them.</summary>
[SuppressMessage("Design", "MA0008", Justification = "One reference field.")]
internal readonly struct AckedPositions(Dictionary<ulong, ulong> positions) : IAckedIndexes
{
    public bool TryGetAcked(ulong voter, out ulong index) => positions.TryGetValue(voter, out index);
}
