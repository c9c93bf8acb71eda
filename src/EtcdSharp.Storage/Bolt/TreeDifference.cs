namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// Brings a copy of an older state of a file up to a newer one. Pages are never changed in place, and as long as the older
/// state is held none of its pages is used again: so a page that both states reach is the same in both, and what was
/// changed is found on the others alone.
/// </summary>
internal sealed class TreeDifference(BoltFile target, int keysPerCommit, CancellationToken stop)
{
    /// <summary>As in the copy that is brought up to date.</summary>
    private const double FillPercent = 0.9;

    private BoltWriteTransaction? _transaction;
    private int _keysInTransaction;

    /// <summary>Puts and deletions made in the copy.</summary>
    public long Changes { get; private set; }

    public void Copy(BoltBucket olderRoot, BoltBucket newerRoot)
    {
        _transaction = target.BeginWrite();
        try
        {
            DeleteBuckets(olderRoot, newerRoot);
            var buckets = newerRoot.Cursor();
            for (var found = buckets.SeekFirst(); found; found = buckets.Next())
            {
                CopyBucket(buckets.Key.ToArray(), olderRoot, newerRoot);
            }

            _transaction.Commit();
        }
        finally
        {
            _transaction.Dispose();
        }
    }

    private void DeleteBuckets(BoltBucket olderRoot, BoltBucket newerRoot)
    {
        var buckets = olderRoot.Cursor();
        for (var found = buckets.SeekFirst(); found; found = buckets.Next())
        {
            if (newerRoot.Bucket(buckets.Key) is null)
            {
                _transaction!.DeleteBucket(buckets.Key);
                Changes++;
            }
        }
    }

    private void CopyBucket(byte[] name, BoltBucket olderRoot, BoltBucket newerRoot)
    {
        var newer =
            newerRoot.Bucket(name)
            ?? throw new InvalidOperationException("the root holds something that is no bucket, which cannot be copied");
        var older = olderRoot.Bucket(name);
        if (older is null)
        {
            _transaction!.CreateBucket(name);
        }

        if (newer.Sequence != (older?.Sequence ?? 0))
        {
            _transaction!.Bucket(name)!.Sequence = newer.Sequence;
        }

        var olderPages = older is null ? new PageBitmap() : UnsharedLeaves.PagesOf(older.State, older.Location);
        var newerPages = UnsharedLeaves.PagesOf(newer.State, newer.Location);
        var before = older is null ? null : new UnsharedLeaves(older.State, older.Location, newerPages);
        var after = new UnsharedLeaves(newer.State, newer.Location, olderPages);
        Merge(name, before, after);
    }

    private void Merge(byte[] name, UnsharedLeaves? before, UnsharedLeaves after)
    {
        var hasBefore = before?.Next() ?? false;
        var hasAfter = after.Next();
        while (hasBefore || hasAfter)
        {
            var order =
                !hasBefore ? 1
                : !hasAfter ? -1
                : before!.Item.Key.SequenceCompareTo(after.Item.Key);
            if (order < 0)
            {
                Change(name).Delete(before!.Item.Key);
            }
            else if (order > 0 || !before!.Item.Value.SequenceEqual(after.Item.Value))
            {
                Put(name, after.Item);
            }

            hasBefore = order <= 0 ? before!.Next() : hasBefore;
            hasAfter = order >= 0 ? after.Next() : hasAfter;
        }
    }

    private void Put(byte[] name, in NodeItem item)
    {
        if (item.IsBucket)
        {
            throw new InvalidOperationException("a bucket within a bucket was changed, which cannot be followed");
        }

        Change(name).Put(item.Key, item.Value);
    }

    /// <summary>The copy's bucket, for one change; the transaction is committed when it has enough of them.</summary>
    private BoltWriteBucket Change(byte[] name)
    {
        Changes++;
        if (++_keysInTransaction > keysPerCommit)
        {
            stop.ThrowIfCancellationRequested();
            _keysInTransaction = 1;
            _transaction!.Commit();
            _transaction = target.BeginWrite();
        }

        var bucket = _transaction!.Bucket(name)!;
        bucket.FillPercent = FillPercent;
        return bucket;
    }
}
