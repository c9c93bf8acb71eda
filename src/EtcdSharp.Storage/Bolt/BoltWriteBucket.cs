namespace EtcdSharp.Storage.Bolt;

/// <summary>A bucket inside a write transaction. Spans it hands out are valid until the transaction ends.</summary>
internal sealed unsafe class BoltWriteBucket : IBucketTree
{
    /// <summary>bbolt's limit on the length of a key.</summary>
    public const int MaxKeyBytes = 32768;

    /// <summary>bbolt's limit on the length of a value.</summary>
    public const int MaxValueBytes = int.MaxValue - 1;

    public const double DefaultFillPercent = 0.5;

    private readonly BoltWriteTransaction _transaction;
    private readonly List<BoltWriteBucket> _children = [];
    private readonly byte[] _name;
    private readonly int _nesting;

    private Node? _recentLeaf;
    private NodeItem _recentLow;
    private NodeItem _recentHigh;
    private ulong _sequence;
    private bool _deleted;

    internal BoltWriteBucket(BoltWriteTransaction transaction, ReadOnlySpan<byte> name, in BucketLocation location, int nesting)
    {
        _transaction = transaction;
        _name = name.ToArray();
        _nesting = nesting;
        _sequence = location.Sequence;
        Location = location;
    }

    /// <summary>How full a page is made when one splits: 0.5 leaves room for inserts between, 0.9 suits appending at the end.</summary>
    public double FillPercent { get; set; } = DefaultFillPercent;

    public ulong Sequence
    {
        get => _sequence;
        set
        {
            CheckUsable();
            _sequence = value;
            EnsureRootNode();
        }
    }

    CommittedState IBucketTree.State => _transaction.State;

    internal ReadOnlySpan<byte> Name => _name;

    /// <summary>Where the bucket's tree begins in the committed state; overtaken by <see cref="RootNode"/> when that is set.</summary>
    internal BucketLocation Location { get; private set; }

    /// <summary>The root in memory; null as long as nothing in the bucket has changed.</summary>
    internal Node? RootNode { get; set; }

    /// <summary>The buckets inside this one that were opened.</summary>
    internal List<BoltWriteBucket> OpenChildren => _children;

    public bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        if (TryFind(key, out NodeItem item, out _) && !item.IsBucket)
        {
            value = item.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Sets a key's value; both are copied. The key must not be empty nor name a nested bucket.</summary>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        CheckUsable();
        CheckKey(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, MaxValueBytes, nameof(value));
        Node leaf = LeafNode(key);
        int index = leaf.LowerBound(key);
        bool exists = leaf.HasKeyAt(index, key);
        if (exists && leaf.Item(index).IsBucket)
        {
            throw new InvalidOperationException("the key names a bucket");
        }

        Store(leaf, index, exists, key, value, tag: 0);
    }

    /// <summary>Removes a key; false when it is missing.</summary>
    public bool Delete(ReadOnlySpan<byte> key)
    {
        CheckUsable();
        if (!IsInRecentLeaf(key) && !TryFind(key, out _, out _))
        {
            // Pages on the way to a missing key stay as they are.
            return false;
        }

        Node leaf = LeafNode(key);
        int index = leaf.LowerBound(key);
        if (!leaf.HasKeyAt(index, key))
        {
            return false;
        }

        if (leaf.Item(index).IsBucket)
        {
            throw new InvalidOperationException("the key names a bucket");
        }

        leaf.RemoveAt(index);
        return true;
    }

    public BoltWriteBucket? Bucket(ReadOnlySpan<byte> name)
    {
        CheckUsable();
        foreach (BoltWriteBucket child in _children)
        {
            if (child.Name.SequenceEqual(name))
            {
                return child;
            }
        }

        if (!TryFind(name, out NodeItem item, out ulong holderPage) || !item.IsBucket)
        {
            return null;
        }

        return Open(name, BucketLocation.Parse(_transaction.State, item, holderPage));
    }

    public BoltWriteBucket CreateBucket(ReadOnlySpan<byte> name)
    {
        CheckUsable();
        CheckKey(name);
        if (_nesting == PageFormat.MaxNesting)
        {
            throw new InvalidOperationException($"buckets nest at most {PageFormat.MaxNesting} deep");
        }

        if (TryFind(name, out NodeItem present, out ulong holderPage))
        {
            // The root holds buckets alone: what else is there under the name was not written by anybody.
            throw _nesting == 0 && !present.IsBucket
                ? _transaction.State.Damaged(holderPage, BoltDamage.BadBucket, "the root holds something that is no bucket")
                : new InvalidOperationException("the key is there already");
        }

        Span<byte> empty = stackalloc byte[PageFormat.BucketHeaderBytes + PageFormat.HeaderBytes];
        empty.Clear();
        PageFormat.WriteHeader(empty[PageFormat.BucketHeaderBytes..], 0, PageFormat.LeafFlag, 0, 0);
        Node leaf = LeafNode(name);
        int index = leaf.LowerBound(name);
        Store(leaf, index, exists: false, name, empty, PageFormat.BucketElementFlag);
        return Open(name, BucketLocation.Parse(_transaction.State, leaf.Item(index), 0));
    }

    public BoltWriteBucket CreateBucketIfMissing(ReadOnlySpan<byte> name) => Bucket(name) ?? CreateBucket(name);

    /// <summary>Deletes a bucket and all in it; false when there is none of that name.</summary>
    public bool DeleteBucket(ReadOnlySpan<byte> name)
    {
        BoltWriteBucket? child = Bucket(name);
        if (child is null)
        {
            return false;
        }

        Node leaf = LeafNode(name);
        int index = IndexOfBucket(leaf, name);
        child.GiveUpPages();
        _children.Remove(child);
        leaf.RemoveAt(index);
        return true;
    }

    public BoltCursor Cursor()
    {
        CheckUsable();
        return new BoltCursor(this);
    }

    TreePosition IBucketTree.Root() => Root();

    /// <summary>Replaces the element of a nested bucket, whose header or inline page has changed.</summary>
    internal void StoreBucket(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Node leaf = LeafNode(name);
        int index = IndexOfBucket(leaf, name);
        Store(leaf, index, exists: true, name, value, PageFormat.BucketElementFlag);
    }

    /// <summary>The way down to a name is the same each time unless keys do not rise: then it may not be where it was found.</summary>
    private int IndexOfBucket(Node leaf, ReadOnlySpan<byte> name)
    {
        int index = leaf.LowerBound(name);
        return leaf.HasKeyAt(index, name) && leaf.Item(index).IsBucket
            ? index
            : throw _transaction.State.Damaged(
                leaf.PageId,
                BoltDamage.KeyOrder,
                "the element of a nested bucket is not found where its name belongs"
            );
    }

    private static void CheckKey(ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty)
        {
            throw new ArgumentException("a key must not be empty", nameof(key));
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, MaxKeyBytes, nameof(key));
    }

    private TreePosition Root() =>
        RootNode is null ? new TreePosition(Location.RootView(_transaction.State)) : new TreePosition(RootNode);

    private void CheckUsable()
    {
        _transaction.CheckOpen();
        if (_deleted)
        {
            throw new InvalidOperationException("the bucket was deleted in this transaction");
        }
    }

    private BoltWriteBucket Open(ReadOnlySpan<byte> name, in BucketLocation location)
    {
        if (_nesting == PageFormat.MaxNesting)
        {
            throw _transaction.State.Damaged(
                location.RootPage,
                BoltDamage.TooDeep,
                $"buckets nested more than {PageFormat.MaxNesting} deep"
            );
        }

        var child = new BoltWriteBucket(_transaction, name, location, _nesting + 1);
        _children.Add(child);
        return child;
    }

    private void Store(Node leaf, int index, bool exists, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong tag)
    {
        byte* data = _transaction.Items.Allocate((long)key.Length + value.Length);
        key.CopyTo(new Span<byte>(data, key.Length));
        value.CopyTo(new Span<byte>(data + key.Length, value.Length));
        var item = new NodeItem
        {
            Data = data,
            KeyLength = key.Length,
            ValueLength = value.Length,
            Tag = tag,
        };
        if (exists)
        {
            leaf.Replace(index, item);
        }
        else
        {
            leaf.Insert(index, item);
        }
    }

    private bool TryFind(ReadOnlySpan<byte> key, out NodeItem item, out ulong holderPage)
    {
        _transaction.CheckOpen();
        TreePosition position = Root();
        for (int depth = 0; !position.IsLeaf; depth++)
        {
            CheckDepth(depth, position.PageId);
            position.Index = position.ChildIndex(key);
            position = position.Child(_transaction.State);
        }

        position.Index = position.LowerBound(key);
        holderPage = position.PageId;
        bool found = position.Index < position.Count && position.Key.SequenceEqual(key);
        item = found ? position.Item : default;
        return found;
    }

    private void CheckDepth(int depth, ulong pageId)
    {
        if (depth == PageFormat.MaxDepth)
        {
            throw _transaction.State.Damaged(pageId, BoltDamage.TooDeep, $"more than {PageFormat.MaxDepth} levels");
        }
    }

    private bool IsInRecentLeaf(ReadOnlySpan<byte> key) =>
        _recentLeaf is not null
        && (_recentLow.KeyLength == 0 || _recentLow.Key.SequenceCompareTo(key) <= 0)
        && (_recentHigh.KeyLength == 0 || key.SequenceCompareTo(_recentHigh.Key) < 0);

    private Node EnsureRootNode() => RootNode ??= _transaction.LoadNode(Location.RootView(_transaction.State), Location.RootPage);

    /// <summary>
    /// The leaf where a key belongs, taken into memory with the way to it. The last one is remembered with the keys
    /// that bound it, so that changes in key order descend once per leaf.
    /// </summary>
    private Node LeafNode(ReadOnlySpan<byte> key)
    {
        if (IsInRecentLeaf(key))
        {
            return _recentLeaf!;
        }

        NodeItem low = default;
        NodeItem high = default;
        Node node = EnsureRootNode();
        for (int depth = 0; !node.IsLeaf; depth++)
        {
            CheckDepth(depth, node.PageId);
            int index = node.ChildIndex(key);
            low = index > 0 ? node.Item(index) : low;
            high = index + 1 < node.Count ? node.Item(index + 1) : high;
            node = _transaction.LoadChild(node, index);
        }

        _recentLeaf = node;
        _recentLow = low;
        _recentHigh = high;
        return node;
    }

    /// <summary>Gives up every page of this bucket and of the buckets inside it.</summary>
    private void GiveUpPages()
    {
        var cursor = new BoltCursor(this);
        for (bool found = cursor.SeekFirst(); found; found = cursor.Next())
        {
            if (cursor.IsBucket)
            {
                BoltWriteBucket nested =
                    Bucket(cursor.Key)
                    ?? throw _transaction.State.Damaged(
                        cursor.PageId,
                        BoltDamage.BadBucket,
                        "a bucket is listed that cannot be found by its name"
                    );
                nested.GiveUpPages();
            }
        }

        if (RootNode is not null)
        {
            _transaction.GiveUpTree(RootNode);
        }
        else if (!Location.IsInline)
        {
            _transaction.GiveUpTree(Location.RootPage);
        }

        _deleted = true;
    }
}
