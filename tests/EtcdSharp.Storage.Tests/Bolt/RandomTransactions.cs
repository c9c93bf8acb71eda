using System.Globalization;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Tests.Bolt;

/// <summary>Changes a bolt file and its model alike, as a seed decides.</summary>
internal sealed class RandomTransactions(SeededRandom random)
{
    private long _appended;

    /// <summary>Fills one write transaction.</summary>
    public void Change(BoltWriteTransaction transaction, BoltModel model)
    {
        for (int bursts = 1 + random.Next(4); bursts > 0; bursts--)
        {
            byte[] name = BoltModel.Bytes("bucket" + random.Next(4).ToString(CultureInfo.InvariantCulture));
            if (random.Next(40) == 0)
            {
                Assert.Equal(model.Buckets.Remove(name), transaction.DeleteBucket(name));
                continue;
            }

            BoltWriteBucket bucket = transaction.CreateBucketIfMissing(name);
            if (!model.Buckets.TryGetValue(name, out BoltModel? inModel))
            {
                model.Buckets[name] = inModel = new BoltModel();
            }

            Burst(bucket, inModel, nesting: 0);
        }
    }

    private void Burst(BoltWriteBucket bucket, BoltModel model, int nesting)
    {
        bucket.FillPercent = random.Next(2) == 0 ? 0.5 : 0.9;
        switch (random.Next(nesting < 2 ? 8 : 5))
        {
            case 0:
                Append(bucket, model, random.Next(200));
                break;
            case 1 or 2:
                PutAnywhere(bucket, model, random.Next(60));
                break;
            case 3:
                DeleteSome(bucket, model, random.Next(80));
                break;
            case 4:
                DeleteRange(bucket, model);
                break;
            case 5:
                bucket.Sequence = model.Sequence = random.NextUInt64();
                break;
            case 6:
                Nest(bucket, model, nesting);
                break;
            default:
                DeleteNested(bucket, model);
                break;
        }
    }

    private void Append(BoltWriteBucket bucket, BoltModel model, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Put(bucket, model, BoltModel.Bytes("z" + (_appended++).ToString("d12", CultureInfo.InvariantCulture)), Value());
        }
    }

    private void PutAnywhere(BoltWriteBucket bucket, BoltModel model, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Put(bucket, model, Key(), Value());
        }
    }

    private static void Put(BoltWriteBucket bucket, BoltModel model, byte[] key, byte[] value)
    {
        bucket.Put(key, value);
        model.Keys[key] = value;
        Assert.True(bucket.TryGet(key, out ReadOnlySpan<byte> read));
        Assert.True(read.SequenceEqual(value));
    }

    private void DeleteSome(BoltWriteBucket bucket, BoltModel model, int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] key =
                model.Keys.Count > 0 && random.Next(3) > 0 ? model.Keys.Keys.ElementAt(random.Next(model.Keys.Count)) : Key();
            Assert.Equal(model.Keys.Remove(key), bucket.Delete(key));
            Assert.False(bucket.TryGet(key, out _));
        }
    }

    private void DeleteRange(BoltWriteBucket bucket, BoltModel model)
    {
        int from = random.Next(model.Keys.Count + 1);
        int count = random.Next(model.Keys.Count - from + 1);
        foreach (byte[] key in model.Keys.Keys.Skip(from).Take(count).ToList())
        {
            Assert.True(bucket.Delete(key));
            model.Keys.Remove(key);
        }

        BoltCursor cursor = bucket.Cursor();
        int seen = 0;
        for (bool found = cursor.SeekFirst(); found; found = cursor.Next())
        {
            seen++;
        }

        Assert.Equal(model.Keys.Count + model.Buckets.Count, seen);
    }

    private void Nest(BoltWriteBucket bucket, BoltModel model, int nesting)
    {
        byte[] name = BoltModel.Bytes("~nested" + random.Next(3).ToString(CultureInfo.InvariantCulture));
        BoltWriteBucket nested = bucket.CreateBucketIfMissing(name);
        if (!model.Buckets.TryGetValue(name, out BoltModel? inModel))
        {
            model.Buckets[name] = inModel = new BoltModel();
        }

        Burst(nested, inModel, nesting + 1);
    }

    private static void DeleteNested(BoltWriteBucket bucket, BoltModel model)
    {
        foreach (byte[] name in model.Buckets.Keys.Take(1).ToList())
        {
            Assert.True(bucket.DeleteBucket(name));
            Assert.Null(bucket.Bucket(name));
            model.Buckets.Remove(name);
        }
    }

    private byte[] Key()
    {
        byte[] key = new byte[1 + (random.Next(20) == 0 ? random.Next(900) : random.Next(3))];
        for (int i = 0; i < key.Length; i++)
        {
            key[i] = (byte)('a' + random.Next(6));
        }

        return key;
    }

    private byte[] Value()
    {
        int length = random.Next(30) switch
        {
            0 => random.Next(9000),
            < 5 => 0,
            _ => random.Next(200),
        };
        byte[] value = new byte[length];
        value.AsSpan().Fill((byte)random.Next(256));
        return value;
    }
}
