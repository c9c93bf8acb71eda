using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Node.Loops;

/// <summary>
/// What it means that a message of another member does not fit the log of this one: raft knows only that this cannot be. Nearly always
/// the directory is an older copy of itself, or was restored from a snapshot, while the cluster went on.
/// </summary>
internal static class StaleLog
{
    /// <summary>Gives raft the message; what cannot be, because the logs do not fit, is told in words that help.</summary>
    public static void Step(RaftNode node, Message message)
    {
        try
        {
            node.Step(message);
        }
        catch (RaftInvariantException e) when (!RaftIds.IsLocalThread(message.From))
        {
            throw Explain(e, message, node.BasicStatus);
        }
    }

    private static RaftInvariantException Explain(RaftInvariantException found, Message message, in RaftBasicStatus own)
    {
        var from = MemberIds.ToText(message.From);
        var (last, committed) = (own.LastIndex, own.HardState.Commit);
        var claimed = message.Type == MessageType.MsgApp ? Math.Max(message.Commit, message.Index) : message.Commit;
        var behind =
            claimed > last
                ? $"the log of this member ends at entry {last}, but member {from} counts on it for everything up to entry {claimed}"
                : $"the log of this member has entry {last} as its last and {committed} committed, but member {from} sends other entries"
                    + $" from {message.Index + 1} on";
        return new RaftInvariantException(
            $"{behind}: the data directory is older than what this member once had, or was restored from a snapshot while the cluster"
                + " went on; remove this member from the cluster and add it anew with an empty data directory, or, to restore the"
                + $" cluster, restore all of its members ({found.Message})",
            found
        );
    }
}
