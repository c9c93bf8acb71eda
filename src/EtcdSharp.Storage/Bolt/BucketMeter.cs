namespace EtcdSharp.Storage.Bolt;

/// <summary>Counts pages, keys and bytes of a bucket and the buckets inside it.</summary>
internal sealed class BucketMeter
{
    private readonly CommittedState _state;
    private readonly PageBitmap _seen = new();
    private readonly BoltBucketStats _stats = new();

    private BucketMeter(CommittedState state) => _state = state;

    public static BoltBucketStats Measure(CommittedState state, in BucketLocation bucket)
    {
        var meter = new BucketMeter(state);
        meter.Count(bucket, levelsAbove: 0, nesting: 0);
        return meter._stats;
    }

    private void Count(in BucketLocation bucket, int levelsAbove, int nesting)
    {
        if (nesting > PageFormat.MaxNesting)
        {
            throw _state.Damaged(bucket.RootPage, BoltDamage.TooDeep, $"buckets nested more than {PageFormat.MaxNesting} deep");
        }

        _stats.Buckets++;
        if (!bucket.IsInline)
        {
            CountPage(bucket.RootPage, depth: 1, levelsAbove, nesting);
            return;
        }

        PageView page = bucket.RootView(_state);
        _stats.InlineBuckets++;
        _stats.InlineBytesInUse += page.BytesInUse;
        _stats.Keys += page.Count;
        _stats.Depth = Math.Max(_stats.Depth, levelsAbove + 1);
    }

    private void CountPage(ulong pageId, int depth, int levelsAbove, int nesting)
    {
        PageView page = _state.Page(pageId);
        if (depth > PageFormat.MaxDepth || !_seen.Add(pageId))
        {
            throw _state.Damaged(pageId, BoltDamage.ReferencedTwice, "the tree leads back to a page above");
        }

        _stats.Depth = Math.Max(_stats.Depth, levelsAbove + depth);
        if (page.IsLeaf)
        {
            CountLeaf(page, levelsAbove + depth, nesting);
            return;
        }

        _stats.BranchPages++;
        _stats.BranchOverflowPages += page.OverflowCount;
        _stats.BranchBytesInUse += page.BytesInUse;
        for (int i = 0; i < page.Count; i++)
        {
            CountPage(page.ChildId(i), depth + 1, levelsAbove, nesting);
        }
    }

    private void CountLeaf(in PageView page, int levels, int nesting)
    {
        _stats.LeafPages++;
        _stats.LeafOverflowPages += page.OverflowCount;
        _stats.LeafBytesInUse += page.BytesInUse;
        _stats.Keys += page.Count;
        for (int i = 0; i < page.Count; i++)
        {
            if (page.IsBucket(i))
            {
                Count(BucketLocation.Parse(_state, page.Item(i), page.Id), levels, nesting + 1);
            }
        }
    }
}
