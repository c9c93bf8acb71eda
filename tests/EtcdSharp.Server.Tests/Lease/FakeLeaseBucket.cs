using EtcdSharp.Replica.Lease;

namespace EtcdSharp.Server.Tests.Lease;

/// <summary>A lease bucket in memory, through the bytes that the real one holds.</summary>
internal sealed class FakeLeaseBucket : ILeaseBucket
{
    private readonly SortedDictionary<ulong, byte[]> _values = [];

    public int Writes { get; private set; }

    public IReadOnlyList<LeaseRecord> ReadAll()
    {
        List<LeaseRecord> leases = [];
        foreach (var value in _values.Values)
        {
            Assert.True(LeaseRecord.TryReadValue(value, out var lease));
            leases.Add(lease);
        }

        return leases;
    }

    public void Put(in LeaseRecord lease)
    {
        Writes++;
        Span<byte> value = stackalloc byte[LeaseRecord.ValueLengthMax];
        _values[(ulong)lease.Id] = value[..lease.WriteValue(value)].ToArray();
    }

    public void Delete(long id) => _values.Remove((ulong)id);
}
