namespace EtcdSharp.Replica.Lease;

/// <summary>Where leases outlive the process. Writes join the store's current batch, beside the keys they belong to.</summary>
internal interface ILeaseBucket
{
    /// <summary>All stored leases, in the order of their keys.</summary>
    IReadOnlyList<LeaseRecord> ReadAll();

    void Put(in LeaseRecord lease);

    void Delete(long id);
}
