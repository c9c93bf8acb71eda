using EtcdSharp.Node.Loops;
using EtcdSharp.Raft;

namespace EtcdSharp.Node.Peers.Transport;

/// <summary>What comes from other members, brought to the raft loop.</summary>
internal sealed class RaftPeerEvents(RaftLoop loop, ulong memberId, Action removed) : IPeerEvents
{
    public bool Receive(Message message)
    {
        // Ids of the member's own threads never come from outside; raft would take such a message for a finished write.
        if (message.To != memberId || RaftIds.IsLocalThread(message.From))
        {
            return true;
        }

        return loop.Receive(message);
    }

    public void ReportUnreachable(ulong id) => loop.Post(node => node.ReportUnreachable(id));

    public void ReportGone(ulong id) => loop.ReportGone(id);

    public void ReportSnapshot(ulong id, SnapshotDelivery delivery) => loop.ReportSnapshot(id, delivery);

    public void RemovedFromCluster() => removed();
}
