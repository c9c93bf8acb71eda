using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Replica.Lease;

/// <summary>The lease bucket of the member's backend.</summary>
internal sealed class BackendLeaseBucket(BackendStore backend) : ILeaseBucket
{
    public IReadOnlyList<LeaseRecord> ReadAll()
    {
        var stored = backend.List(BackendBucket.Lease);
        var leases = new LeaseRecord[stored.Count];
        for (var i = 0; i < leases.Length; i++)
        {
            if (!LeaseRecord.TryReadValue(stored[i].Value, out leases[i]))
            {
                throw new InvalidDataException($"The lease bucket holds no lease under {Convert.ToHexString(stored[i].Key)}.");
            }
        }

        return leases;
    }

    public void Put(in LeaseRecord lease)
    {
        Span<byte> key = stackalloc byte[LeaseRecord.KeyLength];
        Span<byte> value = stackalloc byte[LeaseRecord.ValueLengthMax];
        LeaseRecord.WriteKey(lease.Id, key);
        backend.Put(BackendBucket.Lease, key, value[..lease.WriteValue(value)]);
    }

    public void Delete(long id)
    {
        Span<byte> key = stackalloc byte[LeaseRecord.KeyLength];
        LeaseRecord.WriteKey(id, key);
        backend.Delete(BackendBucket.Lease, key);
    }
}
