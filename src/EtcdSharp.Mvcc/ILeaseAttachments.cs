namespace EtcdSharp.Mvcc;

/// <summary>Which key hangs on which lease: kept by the lessor, told by the store. Called on the apply thread (and at restore).</summary>
internal interface ILeaseAttachments
{
    /// <summary>The lease that the key is attached to, 0 for none.</summary>
    long LeaseOf(ReadOnlySpan<byte> key);

    /// <summary>False when there is no such lease (possible at restore only; a put has been checked before).</summary>
    bool Attach(long lease, ReadOnlySpan<byte> key);

    void Detach(long lease, ReadOnlySpan<byte> key);
}
