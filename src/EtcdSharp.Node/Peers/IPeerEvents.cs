using EtcdSharp.Raft;

namespace EtcdSharp.Node.Peers;

/// <summary>Where the transport delivers to: the raft loop, and the member where it concerns its own existence.</summary>
internal interface IPeerEvents
{
    /// <summary>A message of another member. False when too many wait already; then it is lost, and raft sends it again.</summary>
    bool Receive(Message message);

    void ReportUnreachable(ulong id);

    /// <summary>Nothing listens at any address of the member: its process has ended.</summary>
    void ReportGone(ulong id);

    void ReportSnapshot(ulong id, SnapshotDelivery delivery);

    /// <summary>The members of the applied configuration say that this one has been removed for good.</summary>
    void RemovedFromCluster();
}
