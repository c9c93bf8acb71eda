namespace EtcdSharp.Storage.Bolt;

/// <summary>Copies buckets in key order into an empty file, so that its pages come out densely filled and without gaps.</summary>
internal sealed class Compaction
{
    /// <summary>What etcd's defragmentation uses: later appends need not split every page at once.</summary>
    private const double FillPercent = 0.9;

    private readonly BoltFile _target;
    private readonly int _keysPerCommit;
    private readonly long _bytesPerCommit;
    private int _keys;
    private long _bytes;

    public Compaction(BoltFile target, int keysPerCommit, long bytesPerCommit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keysPerCommit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesPerCommit);
        _target = target;
        _keysPerCommit = keysPerCommit;
        _bytesPerCommit = bytesPerCommit;
    }

    public void Copy(BoltBucket root)
    {
        BoltWriteTransaction transaction = _target.BeginWrite();
        try
        {
            CopyBucket(ref transaction, root, []);
            transaction.Commit();
        }
        finally
        {
            transaction.Dispose();
        }
    }

    private static BoltWriteBucket Find(BoltWriteTransaction transaction, List<byte[]> path)
    {
        BoltWriteBucket bucket = transaction.Bucket(path[0])!;
        for (int i = 1; i < path.Count; i++)
        {
            bucket = bucket.Bucket(path[i])!;
        }

        bucket.FillPercent = FillPercent;
        return bucket;
    }

    private void CopyBucket(ref BoltWriteTransaction transaction, BoltBucket source, List<byte[]> path)
    {
        BoltWriteBucket? target = path.Count == 0 ? null : Find(transaction, path);
        BoltCursor cursor = source.Cursor();
        for (bool found = cursor.SeekFirst(); found; found = cursor.Next())
        {
            var bytes = cursor.Key.Length + cursor.Value.Length;
            if (++_keys > _keysPerCommit || (_bytes += bytes) > _bytesPerCommit)
            {
                _keys = 0;
                _bytes = bytes;
                transaction.Commit();
                transaction = _target.BeginWrite();
                target = path.Count == 0 ? null : Find(transaction, path);
            }

            if (!cursor.IsBucket)
            {
                (target ?? throw NoBucketAtTop(cursor)).Put(cursor.Key, cursor.Value);
                continue;
            }

            BoltBucket nested = source.Bucket(cursor.Key)!;
            byte[] name = cursor.Key.ToArray();
            BoltWriteBucket created = target is null ? transaction.CreateBucket(name) : target.CreateBucket(name);
            if (nested.Sequence != 0)
            {
                created.Sequence = nested.Sequence;
            }

            path.Add(name);
            CopyBucket(ref transaction, nested, path);
            path.RemoveAt(path.Count - 1);
            target = path.Count == 0 ? null : Find(transaction, path);
        }
    }

    private static BoltCorruptionException NoBucketAtTop(BoltCursor cursor) =>
        new("the source", cursor.PageId, BoltDamage.BadBucket, "the root holds something that is no bucket");
}
