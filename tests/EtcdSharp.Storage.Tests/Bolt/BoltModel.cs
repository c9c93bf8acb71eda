using System.Text;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Tests.Bolt;

/// <summary>What a bolt file should hold, as sorted dictionaries, and the comparison with what it does hold.</summary>
internal sealed class BoltModel
{
    private sealed class ByteOrder : IComparer<byte[]>
    {
        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }

    public SortedDictionary<byte[], byte[]> Keys { get; private init; } = new(new ByteOrder());

    public SortedDictionary<byte[], BoltModel> Buckets { get; private init; } = new(new ByteOrder());

    public ulong Sequence { get; set; }

    public BoltModel Clone()
    {
        var clone = new BoltModel { Sequence = Sequence };
        foreach ((byte[] key, byte[] value) in Keys)
        {
            clone.Keys[key] = value;
        }

        foreach ((byte[] name, BoltModel bucket) in Buckets)
        {
            clone.Buckets[name] = bucket.Clone();
        }

        return clone;
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Compares forwards, backwards and by point reads.</summary>
    public void AssertEqual(BoltReadTransaction read, SeededRandom random)
    {
        Assert.Empty(Keys);
        BoltCursor cursor = read.Cursor();
        bool found = cursor.SeekFirst();
        foreach ((byte[] name, BoltModel model) in Buckets)
        {
            Assert.True(found);
            Assert.True(cursor.IsBucket);
            Assert.Equal(name, cursor.Key.ToArray());
            model.AssertEqual(read.Bucket(name)!, random);
            found = cursor.Next();
        }

        Assert.False(found);
    }

    private void AssertEqual(BoltBucket bucket, SeededRandom random)
    {
        Assert.Equal(Sequence, bucket.Sequence);
        List<byte[]> all = [.. Keys.Keys.Concat(Buckets.Keys).Order(new ByteOrder())];
        BoltCursor cursor = bucket.Cursor();
        bool found = cursor.SeekFirst();
        foreach (byte[] key in all)
        {
            Assert.True(found);
            AssertAt(cursor, key);
            if (random.Next(8) == 0)
            {
                Assert.Equal(Keys.ContainsKey(key), bucket.TryGet(key, out ReadOnlySpan<byte> value));
                Assert.Equal(Keys.GetValueOrDefault(key, []), value.ToArray());
                byte[] after = [.. key, 0];
                Assert.False(bucket.TryGet(after, out _));
                BoltCursor seek = bucket.Cursor();
                Assert.True(seek.Seek(key));
                AssertAt(seek, key);
            }

            found = cursor.Next();
        }

        Assert.False(found);
        found = cursor.SeekLast();
        for (int i = all.Count - 1; i >= 0; i--)
        {
            Assert.True(found);
            Assert.Equal(all[i], cursor.Key.ToArray());
            found = cursor.Previous();
        }

        Assert.False(found);
        foreach ((byte[] name, BoltModel nested) in Buckets)
        {
            nested.AssertEqual(bucket.Bucket(name)!, random);
        }
    }

    private void AssertAt(BoltCursor cursor, byte[] key)
    {
        Assert.Equal(key, cursor.Key.ToArray());
        Assert.Equal(Buckets.ContainsKey(key), cursor.IsBucket);
        Assert.Equal(Keys.GetValueOrDefault(key, []), cursor.Value.ToArray());
    }
}
