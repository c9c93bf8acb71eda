namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// A position in a bucket's keys. Of one thread at a time. The moves return whether there is a key at the new
/// position; in a write transaction a change to the bucket invalidates the position until the next seek.
/// </summary>
/// <remarks>
/// On a damaged file, pages may refer to each other in circles. From leaf to leaf the cursor insists on rising (or
/// falling) keys, so that every walk ends.
/// </remarks>
internal sealed class BoltCursor
{
    private const int UsualDepth = 6;

    private readonly IBucketTree _tree;
    private readonly CommittedState _state;
    private TreePosition[] _path = new TreePosition[UsualDepth];
    private int _depth;
    private bool _valid;

    internal BoltCursor(IBucketTree tree)
    {
        _tree = tree;
        _state = tree.State;
    }

    public ReadOnlySpan<byte> Key => Leaf.Key;

    /// <summary>The value; empty for a nested bucket.</summary>
    public ReadOnlySpan<byte> Value => Leaf.IsBucket ? default : Leaf.Value;

    public bool IsBucket => Leaf.IsBucket;

    /// <summary>The element as it is stored, for copying and for opening a nested bucket.</summary>
    internal NodeItem Item => Leaf.Item;

    internal ulong PageId => Leaf.PageId;

    /// <summary>What to throw where the key or value at the position is not what it should be.</summary>
    internal BoltCorruptionException Damaged(BoltDamage damage, string detail) => _state.Damaged(PageId, damage, detail);

    private ref TreePosition Leaf
    {
        get
        {
            if (!_valid)
            {
                throw new InvalidOperationException("the cursor is not at a key");
            }

            return ref _path[_depth - 1];
        }
    }

    public bool SeekFirst()
    {
        _depth = 0;
        Push(_tree.Root());
        DescendFirst();
        return Settle(_path[_depth - 1].Count > 0 || MoveToNextLeaf());
    }

    public bool SeekLast()
    {
        _depth = 0;
        Push(_tree.Root());
        DescendLast();
        return Settle(_path[_depth - 1].Count > 0 || MoveToPreviousLeaf());
    }

    /// <summary>Moves to the first key that is not less than <paramref name="key"/>.</summary>
    public bool Seek(ReadOnlySpan<byte> key)
    {
        _depth = 0;
        Push(_tree.Root());
        while (!Top.IsLeaf)
        {
            Top.Index = Top.ChildIndex(key);
            Push(Top.Child(_state));
        }

        Top.Index = Top.LowerBound(key);
        return Settle(Top.Index < Top.Count || MoveToNextLeaf());
    }

    public bool Next()
    {
        ref TreePosition leaf = ref Leaf;
        if (leaf.Index + 1 < leaf.Count)
        {
            leaf.Index++;
            return true;
        }

        return Settle(MoveToNextLeaf());
    }

    public bool Previous()
    {
        ref TreePosition leaf = ref Leaf;
        if (leaf.Index > 0)
        {
            leaf.Index--;
            return true;
        }

        return Settle(MoveToPreviousLeaf());
    }

    private ref TreePosition Top => ref _path[_depth - 1];

    private bool Settle(bool valid)
    {
        _valid = valid;
        return valid;
    }

    private void Push(in TreePosition position)
    {
        if (_depth == _path.Length)
        {
            if (_depth >= PageFormat.MaxDepth)
            {
                throw _state.Damaged(position.PageId, BoltDamage.TooDeep, $"more than {PageFormat.MaxDepth} levels");
            }

            Array.Resize(ref _path, Math.Min(_path.Length * 2, PageFormat.MaxDepth));
        }

        _path[_depth++] = position;
    }

    private void DescendFirst()
    {
        while (!Top.IsLeaf)
        {
            Push(Top.Child(_state));
        }
    }

    private void DescendLast()
    {
        while (true)
        {
            Top.Index = Math.Max(Top.Count - 1, 0);
            if (Top.IsLeaf)
            {
                return;
            }

            Push(Top.Child(_state));
        }
    }

    /// <summary>Steps over leaves that are empty, which a write transaction leaves behind until it is written.</summary>
    private bool MoveToNextLeaf()
    {
        TreePosition left = Top;
        for (ulong skipped = 0; ; skipped++)
        {
            int level = _depth - 2;
            while (level >= 0 && _path[level].Index + 1 >= _path[level].Count)
            {
                level--;
            }

            if (level < 0)
            {
                return false;
            }

            _depth = level + 1;
            Top.Index++;
            Push(Top.Child(_state));
            DescendFirst();
            if (Top.Count > 0)
            {
                CheckRising(left, Top);
                return true;
            }

            CheckSkipped(skipped);
        }
    }

    private bool MoveToPreviousLeaf()
    {
        TreePosition right = Top;
        for (ulong skipped = 0; ; skipped++)
        {
            int level = _depth - 2;
            while (level >= 0 && _path[level].Index == 0)
            {
                level--;
            }

            if (level < 0)
            {
                return false;
            }

            _depth = level + 1;
            Top.Index--;
            Push(Top.Child(_state));
            DescendLast();
            if (Top.Count > 0)
            {
                CheckRising(Top, right);
                return true;
            }

            CheckSkipped(skipped);
        }
    }

    private void CheckSkipped(ulong skipped)
    {
        if (skipped > _state.Meta.HighWaterMark)
        {
            throw _state.Damaged(Top.PageId, BoltDamage.ReferencedTwice, "more empty pages than the file has pages");
        }
    }

    /// <summary>The ends of each leaf are in order, and so are the ends that meet: a walk that turns back is found out at once.</summary>
    private void CheckRising(in TreePosition left, in TreePosition right)
    {
        bool rising = right.KeyAt(0).SequenceCompareTo(right.KeyAt(right.Count - 1)) <= 0;
        if (rising && left.Count > 0)
        {
            ReadOnlySpan<byte> leftLast = left.KeyAt(left.Count - 1);
            rising = left.KeyAt(0).SequenceCompareTo(leftLast) <= 0 && leftLast.SequenceCompareTo(right.KeyAt(0)) < 0;
        }

        if (!rising)
        {
            throw _state.Damaged(Top.PageId, BoltDamage.KeyOrder, "keys do not rise from one leaf to the next");
        }
    }
}
