namespace EtcdSharp.Storage.Bolt;

/// <summary>The memory of the write transaction, kept from one to the next so that steady commits allocate next to nothing.</summary>
internal sealed class WriteBuffers : IDisposable
{
    /// <summary>A commit of 10,000 appended values touches a handful of nodes, a compaction of 10,000 revisions about 1,000.</summary>
    private const int KeptNodes = 1024;

    private readonly Stack<Node> _nodes = new();

    public Arena Items { get; } = new();

    public Arena Pages { get; } = new();

    public Node RentNode() => _nodes.TryPop(out Node? node) ? node : new Node();

    public void ReturnNode(Node node)
    {
        node.Return();
        if (_nodes.Count < KeptNodes)
        {
            _nodes.Push(node);
        }
    }

    public void Reset()
    {
        Items.Reset();
        Pages.Reset();
    }

    public void Dispose()
    {
        Items.Dispose();
        Pages.Dispose();
    }
}
