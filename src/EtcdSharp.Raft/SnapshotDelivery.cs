namespace EtcdSharp.Raft;

/// <summary>How sending a snapshot to a peer ended.</summary>
public enum SnapshotDelivery
{
    Delivered = 0,
    Failed,
}
