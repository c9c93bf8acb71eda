namespace EtcdSharp.Storage.Bolt;

/// <summary>The memory of the write transaction, kept from one to the next so that steady commits allocate next to nothing.</summary>
internal sealed class WriteBuffers : IDisposable
{
    /// <summary>A commit of 10,000 appended values touches a handful of nodes, a compaction of 10,000 revisions about 1,000.</summary>
    private const int KeptNodes = 1024;

    /// <summary>One element per page written: 64 Ki elements (1.5 MB) are enough for a commit of 256 MB.</summary>
    private const int KeptListItems = 64 * 1024;

    private readonly Stack<Node> _nodes = new();
    private readonly Stack<List<NodeItem>> _lists = new();

    public Arena Items { get; } = new();

    public DirtyPages Pages { get; } = new();

    public List<PageExtent> Allocated { get; } = [];

    public List<PageExtent> GivenUp { get; } = [];

    public Node RentNode() => _nodes.TryPop(out Node? node) ? node : new Node();

    public void ReturnNode(Node node)
    {
        node.Return();
        if (_nodes.Count < KeptNodes)
        {
            _nodes.Push(node);
        }
    }

    /// <summary>An empty list; one is in use per level of the tree.</summary>
    public List<NodeItem> RentList() => _lists.TryPop(out List<NodeItem>? list) ? list : [];

    public void ReturnList(List<NodeItem> list)
    {
        if (list.Capacity <= KeptListItems)
        {
            list.Clear();
            _lists.Push(list);
        }
    }

    public void Reset()
    {
        Allocated.Clear();
        GivenUp.Clear();
        Items.Reset();
        Pages.Reset();
    }

    public void Dispose()
    {
        Items.Dispose();
        Pages.Dispose();
    }
}
