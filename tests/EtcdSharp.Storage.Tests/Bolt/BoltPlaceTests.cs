using System.Buffers.Binary;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Tests.Bolt;

/// <summary>A lookup that begins where the last one has ended finds what one from the root finds.</summary>
public sealed class BoltPlaceTests
{
    private const int KeyLength = 17;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(300)]
    [InlineData(20_000)]
    public void Lookups_side_by_side_and_far_apart_find_what_one_from_the_root_finds(int keys)
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory("/data");
        var options = new BoltOptions
        {
            PageSize = 4096,
            GrowthBytes = 0,
            InitialMapBytes = 0,
        };
        using BoltFile file = BoltFile.Open(disk, "/data/db", options);
        using (BoltWriteTransaction transaction = file.BeginWrite())
        {
            BoltWriteBucket bucket = transaction.CreateBucket("b"u8);
            for (int i = 0; i < keys; i++)
            {
                // Every second number is missing.
                bucket.Put(Key(2 * i), Key(i));
            }

            transaction.Commit();
        }

        using BoltReadTransaction read = file.BeginRead();
        BoltBucket found = read.Bucket("b"u8)!;
        BoltPlace place = default;
        var random = new Random(keys);
        int sought = 0;
        for (int i = 0; i < 50_000; i++)
        {
            sought = random.Next(20) switch
            {
                0 => random.Next(-2, (2 * keys) + 3),
                1 => sought + random.Next(-300, 300),
                2 => sought + random.Next(-20, 20),
                3 => sought + 1,
                _ => sought + 2,
            };
            byte[] key = Key(sought);
            bool isThere = found.TryGet(key, out ReadOnlySpan<byte> expected);
            Assert.Equal(isThere, sought >= 0 && sought < 2 * keys && sought % 2 == 0);
            Assert.Equal(isThere, found.TryGet(key, ref place, out ReadOnlySpan<byte> value));
            Assert.True(expected.SequenceEqual(value), $"{keys} keys, lookup {i} of {sought}");
        }
    }

    /// <summary>In the order of the numbers, as revisions are, the negative ones last; equal in their first bytes now and then.</summary>
    private static byte[] Key(int number)
    {
        byte[] key = new byte[KeyLength];
        BinaryPrimitives.WriteInt64BigEndian(key, number / 8);
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(9), number % 8);
        return key;
    }
}
