using EtcdSharp.Replica.Lease;
using Google.Protobuf;
using StoredLease = EtcdSharp.Api.Leasepb.Lease;

namespace EtcdSharp.Server.Tests.Lease;

public class LeaseRecordTests
{
    [Theory]
    [InlineData(1, 60, 0)]
    [InlineData(long.MaxValue, 9_000_000_000, 17)]
    [InlineData(-5, 1, 1)]
    public void The_stored_bytes_are_those_of_the_generated_message(long id, long ttl, long remaining)
    {
        var expected = new StoredLease
        {
            ID = id,
            TTL = ttl,
            RemainingTTL = remaining,
        }.ToByteArray();
        var record = new LeaseRecord(id, ttl, remaining);
        Span<byte> value = stackalloc byte[LeaseRecord.ValueLengthMax];

        Assert.Equal(expected, value[..record.WriteValue(value)].ToArray());
        Assert.True(LeaseRecord.TryReadValue(expected, out var read));
        Assert.Equal(record, read);
    }

    [Fact]
    public void The_key_is_the_id_in_network_order()
    {
        Span<byte> key = stackalloc byte[LeaseRecord.KeyLength];
        LeaseRecord.WriteKey(0x0102030405060708, key);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], key.ToArray());
    }

    [Fact]
    public void Bytes_that_are_no_lease_are_refused() => Assert.False(LeaseRecord.TryReadValue([0x08], out _));
}
