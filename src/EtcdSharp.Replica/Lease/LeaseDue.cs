namespace EtcdSharp.Replica.Lease;

/// <summary>A moment at which something is due for a lease; knows its place in the queue that holds it.</summary>
internal sealed class LeaseDue(GrantedLease lease)
{
    public const int NotQueued = -1;

    public GrantedLease Lease { get; } = lease;

    public long DueNanoseconds { get; set; }

    public int Slot { get; set; } = NotQueued;
}
