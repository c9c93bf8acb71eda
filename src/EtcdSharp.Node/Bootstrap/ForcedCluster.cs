using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Node.Bootstrap;

/// <summary>
/// What --force-new-cluster makes of a log: everything that is not known to be committed is dropped, and changes follow
/// that leave this member alone. They count as committed, which only whoever gives the flag may decide.
/// </summary>
internal static class ForcedCluster
{
    private const string UnknownPeerUrl = "http://localhost:2380";

    /// <param name="members">Members of the applied part of the log.</param>
    /// <param name="entries">The log; all up to <paramref name="commit"/> stay.</param>
    /// <returns>The entries that stay, and those that follow them.</returns>
    public static (List<Entry> Kept, Entry[] Added) Rewrite(
        ulong self,
        ClusterView members,
        IReadOnlyList<Entry> entries,
        ulong applied,
        in HardState state,
        ulong commit
    )
    {
        var kept = entries.TakeWhile(entry => entry.Index <= commit).ToList();
        var voters = members.Voters.Select(member => member.Id).ToHashSet();
        var all = members.Members.Select(member => member.Id).ToHashSet();
        foreach (var entry in kept.Where(entry => entry.Index > applied && entry.Type == EntryType.ConfChange))
        {
            if (RaftWire.TryDecode(entry.Data, out ConfChange? change))
            {
                Follow(change, all, voters);
            }
        }

        // Itself first: the voters may never be none.
        var changes = new List<ConfChange>();
        if (!voters.Contains(self))
        {
            var known = members.Find(self) ?? new MemberInfo(self, [UnknownPeerUrl]);
            var context = all.Contains(self) ? MemberJson.EncodePromotion(self) : MemberJson.Encode(known);
            changes.Add(new ConfChange(0, ConfChangeType.AddNode, self, context));
        }

        changes.AddRange(
            all.Where(id => id != self).Order().Select(id => new ConfChange(0, ConfChangeType.RemoveNode, id, default))
        );
        var term = state.Term;
        return (
            kept,
            [
                .. changes.Select(
                    (change, i) => new Entry(EntryType.ConfChange, term, commit + 1 + (ulong)i, RaftWire.ToBytes(change))
                ),
            ]
        );
    }

    private static void Follow(ConfChange change, HashSet<ulong> all, HashSet<ulong> voters)
    {
        switch (change.Type)
        {
            case ConfChangeType.AddNode:
                all.Add(change.NodeId);
                voters.Add(change.NodeId);
                break;
            case ConfChangeType.AddLearnerNode:
                all.Add(change.NodeId);
                break;
            case ConfChangeType.RemoveNode:
                all.Remove(change.NodeId);
                voters.Remove(change.NodeId);
                break;
            case ConfChangeType.UpdateNode:
            default:
                break;
        }
    }
}
