using System.Runtime.InteropServices;
using EtcdSharp.Raft.Quorum;

namespace EtcdSharp.Raft.Tracker;

/// <summary>Having answered recently, counted as a vote for the leader to stay.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct RecentActivity(ProgressMap progress) : IVotes
{
    public bool TryGetVote(ulong voter, out bool granted)
    {
        var counts = progress.TryGet(voter, out var member) && !member.IsLearner;
        granted = counts && member!.RecentActive;
        return counts;
    }
}
