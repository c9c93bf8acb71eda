namespace EtcdSharp.Storage.Bolt;

/// <summary>The one open change to the file. Of one thread at a time. Ends with <see cref="Commit"/> or <see cref="Dispose"/>.</summary>
internal sealed class BoltWriteTransaction : IDisposable
{
    private readonly BoltFile _file;
    private readonly BoltWriteBucket _root;
    private readonly WriteBuffers _buffers;
    private readonly List<Node> _nodes = [];
    private bool _ended;

    internal BoltWriteTransaction(BoltFile file, CommittedState state, FreePages freePages, WriteBuffers buffers)
    {
        _file = file;
        _buffers = buffers;
        State = state;
        Pages = new PageAllocation(freePages, state, buffers);
        _root = new BoltWriteBucket(this, default, new BucketLocation(state.Meta.RootPage, state.Meta.RootSequence), nesting: 0);
    }

    public ulong TransactionId => State.TransactionId + 1;

    /// <summary>The committed state that this transaction changes.</summary>
    internal CommittedState State { get; }

    /// <summary>Memory for the keys and values put.</summary>
    internal Arena Items => _buffers.Items;

    internal PageAllocation Pages { get; }

    public BoltWriteBucket? Bucket(ReadOnlySpan<byte> name) => _root.Bucket(name);

    /// <summary>Creates a bucket that must not exist yet.</summary>
    public BoltWriteBucket CreateBucket(ReadOnlySpan<byte> name) => _root.CreateBucket(name);

    public BoltWriteBucket CreateBucketIfMissing(ReadOnlySpan<byte> name) => _root.CreateBucketIfMissing(name);

    /// <summary>Deletes a bucket and all in it; false when there is none of that name.</summary>
    public bool DeleteBucket(ReadOnlySpan<byte> name) => _root.DeleteBucket(name);

    public BoltCursor Cursor() => _root.Cursor();

    /// <summary>What the commit spent its time on.</summary>
    public BoltCommitTimes CommitTimes { get; private set; }

    /// <summary>
    /// Makes the change durable and visible to readers that begin from now on. After an exception the change is
    /// undone in memory; if it is unknown what reached the disk, the file takes no more writes.
    /// </summary>
    public void Commit()
    {
        CheckOpen();
        bool committed = false;
        try
        {
            CommitTimes = _file.Commit(this, _root, _buffers);
            committed = true;
        }
        finally
        {
            if (!committed)
            {
                Pages.Undo();
            }

            End();
        }
    }

    /// <summary>Drops the change. Nothing happens after a commit.</summary>
    public void Rollback()
    {
        if (!_ended)
        {
            Pages.Undo();
            End();
        }
    }

    public void Dispose() => Rollback();

    internal void CheckOpen()
    {
        if (_ended)
        {
            throw new InvalidOperationException("the transaction has ended");
        }
    }

    internal Node NewNode(bool isLeaf)
    {
        Node node = _buffers.RentNode();
        _nodes.Add(node);
        node.Clear(isLeaf);
        return node;
    }

    internal Node LoadNode(in PageView page, ulong pageId)
    {
        Node node = NewNode(page.IsLeaf);
        node.Load(page, pageId);
        return node;
    }

    internal Node LoadChild(Node parent, int index)
    {
        Node? child = parent.Child(index);
        if (child is null)
        {
            ulong pageId = parent.Item(index).Tag;
            child = LoadNode(State.Page(pageId), pageId);
            parent.SetChild(index, child);
        }

        return child;
    }

    /// <summary>Gives up the page that a node replaces.</summary>
    internal void GiveUpPage(Node node)
    {
        if (node.PageId != 0)
        {
            Pages.GiveUp(node.PageId, node.OverflowCount);
            node.ForgetPage();
        }
    }

    internal void GiveUpTree(Node node)
    {
        GiveUpPage(node);
        for (int i = 0; !node.IsLeaf && i < node.Count; i++)
        {
            Node? child = node.Child(i);
            if (child is null)
            {
                GiveUpTree(node.Item(i).Tag);
            }
            else
            {
                GiveUpTree(child);
            }
        }
    }

    internal void GiveUpTree(ulong pageId, int depth = 0)
    {
        if (depth > PageFormat.MaxDepth)
        {
            throw State.Damaged(pageId, BoltDamage.TooDeep, $"more than {PageFormat.MaxDepth} levels");
        }

        PageView page = State.Page(pageId);
        Pages.GiveUp(pageId, page.OverflowCount);
        for (int i = 0; !page.IsLeaf && i < page.Count; i++)
        {
            GiveUpTree(page.ChildId(i), depth + 1);
        }
    }

    private void End()
    {
        _ended = true;
        foreach (Node node in _nodes)
        {
            _buffers.ReturnNode(node);
        }

        _nodes.Clear();
        _buffers.Reset();
        _file.EndWrite(this);
    }
}
