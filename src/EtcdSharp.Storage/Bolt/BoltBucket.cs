namespace EtcdSharp.Storage.Bolt;

/// <summary>A bucket as a read transaction sees it. Threads may share it.</summary>
internal sealed class BoltBucket : IBucketTree
{
    private readonly CommittedState _state;
    private readonly BucketLocation _location;

    internal BoltBucket(CommittedState state, in BucketLocation location)
    {
        _state = state;
        _location = location;
    }

    public ulong Sequence => _location.Sequence;

    public CommittedState State => _state;

    internal BucketLocation Location => _location;

    /// <summary>Finds a value; false when the key is missing or names a nested bucket.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        PageView leaf = Leaf(key);
        int index = leaf.LowerBound(key);
        if (index < leaf.Count && leaf.Key(index).SequenceEqual(key) && !leaf.IsBucket(index))
        {
            value = leaf.Value(index);
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>As above, from where the last lookup has ended.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, ref BoltPlace place, out ReadOnlySpan<byte> value)
    {
        int next = place.Index + 1;
        if (place.Leaf.IsMissing || next >= place.Leaf.Count || !place.Leaf.Key(next).SequenceEqual(key))
        {
            SeekLeaf(key, ref place);
            next = place.Leaf.LowerBound(key);
        }

        place.Index = next;
        if (next < place.Leaf.Count && place.Leaf.Key(next).SequenceEqual(key) && !place.Leaf.IsBucket(next))
        {
            value = place.Leaf.Value(next);
            return true;
        }

        value = default;
        return false;
    }

    public BoltBucket? Bucket(ReadOnlySpan<byte> name)
    {
        PageView leaf = Leaf(name);
        int index = leaf.LowerBound(name);
        return index < leaf.Count && leaf.Key(index).SequenceEqual(name) && leaf.IsBucket(index)
            ? new BoltBucket(_state, BucketLocation.Parse(_state, leaf.Item(index), leaf.Id))
            : null;
    }

    public BoltCursor Cursor() => new(this);

    public BoltBucketStats Stats() => BucketMeter.Measure(_state, _location);

    TreePosition IBucketTree.Root() => new(_location.RootView(_state));

    /// <summary>Keeps the leaf that the key lies in, takes another one below the same branch, or goes down from the root.</summary>
    private void SeekLeaf(ReadOnlySpan<byte> key, ref BoltPlace place)
    {
        if (!place.Leaf.IsMissing && place.Leaf.Spans(key))
        {
            return;
        }

        if (!place.Branch.IsMissing && place.Branch.Spans(key))
        {
            PageView leaf = _state.Page(place.Branch.ChildId(place.Branch.ChildIndex(key)));
            if (leaf.IsLeaf)
            {
                place.Leaf = leaf;
                return;
            }
        }

        place.Leaf = Leaf(key, out place.Branch);
    }

    private PageView Leaf(ReadOnlySpan<byte> key) => Leaf(key, out _);

    private PageView Leaf(ReadOnlySpan<byte> key, out PageView branch)
    {
        branch = default;
        PageView page = _location.RootView(_state);
        for (int depth = 0; !page.IsLeaf; depth++)
        {
            if (depth == PageFormat.MaxDepth)
            {
                throw _state.Damaged(page.Id, BoltDamage.TooDeep, $"more than {PageFormat.MaxDepth} levels");
            }

            branch = page;
            page = _state.Page(page.ChildId(page.ChildIndex(key)));
        }

        return page;
    }
}
