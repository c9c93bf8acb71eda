using System.Diagnostics.CodeAnalysis;
using EtcdSharp.Raft.Quorum;

namespace EtcdSharp.Raft.Tracker;

/// <summary>The votes received in the campaign under way. The first vote of a member counts, whatever it says later.</summary>
[SuppressMessage("Design", "MA0008", Justification = "One reference field.")]
internal readonly struct VoteRecord : IVotes
{
    private readonly Dictionary<ulong, bool> _votes;

    public VoteRecord() => _votes = [];

    public void Clear() => _votes.Clear();

    public void Record(ulong voter, bool granted) => _votes.TryAdd(voter, granted);

    public bool TryGetVote(ulong voter, out bool granted) => _votes.TryGetValue(voter, out granted);
}
