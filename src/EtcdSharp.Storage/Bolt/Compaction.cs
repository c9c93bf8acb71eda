namespace EtcdSharp.Storage.Bolt;

/// <summary>Copies buckets in key order into an empty file, so that its pages come out densely filled and without gaps.</summary>
internal sealed class Compaction
{
    /// <summary>What etcd's defragmentation uses: later appends need not split every page at once.</summary>
    private const double FillPercent = 0.9;

    private readonly BoltFile _target;
    private readonly int _keysPerCommit;
    private readonly long _bytesPerCommit;
    private readonly CancellationToken _stop;
    private int _keys;
    private long _bytes;

    public Compaction(BoltFile target, int keysPerCommit, long bytesPerCommit, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keysPerCommit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesPerCommit);
        _target = target;
        _keysPerCommit = keysPerCommit;
        _bytesPerCommit = bytesPerCommit;
        _stop = stop;
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
        NodeItem previous = default;
        for (bool found = cursor.SeekFirst(); found; found = cursor.Next())
        {
            NodeItem item = cursor.Item;
            CheckKey(source, cursor, previous, item);
            previous = item;
            var bytes = cursor.Key.Length + cursor.Value.Length;
            if (++_keys > _keysPerCommit || (_bytes += bytes) > _bytesPerCommit)
            {
                _stop.ThrowIfCancellationRequested();
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

            BoltBucket nested = source.Bucket(cursor.Key) ?? throw LostBucket(source, cursor);
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

    /// <summary>What no writer has written would be refused, or overwrite another key, in the copy.</summary>
    private static void CheckKey(BoltBucket source, BoltCursor cursor, NodeItem previous, NodeItem item)
    {
        if (item.KeyLength is 0 or > BoltWriteBucket.MaxKeyBytes)
        {
            throw source.State.Damaged(cursor.PageId, BoltDamage.BadElement, $"a key of {item.KeyLength} bytes");
        }

        if (previous.Key.SequenceCompareTo(item.Key) >= 0)
        {
            throw source.State.Damaged(cursor.PageId, BoltDamage.KeyOrder, "a key is not greater than the one before it");
        }
    }

    private static BoltCorruptionException LostBucket(BoltBucket source, BoltCursor cursor) =>
        new(source.State.Path, cursor.PageId, BoltDamage.BadBucket, "a bucket is listed that cannot be found by its name");

    private static BoltCorruptionException NoBucketAtTop(BoltCursor cursor) =>
        new("the source", cursor.PageId, BoltDamage.BadBucket, "the root holds something that is no bucket");
}
