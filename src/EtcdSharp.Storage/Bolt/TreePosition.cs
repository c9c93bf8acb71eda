using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>One level of a cursor's path: a page in the map or, in a write transaction, a node in memory, and a place in it.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct TreePosition
{
    private readonly PageView _page;
    private readonly Node? _node;

    public TreePosition(in PageView page) => _page = page;

    public TreePosition(Node node) => _node = node;

    public int Index { get; set; }

    public readonly int Count => _node?.Count ?? _page.Count;

    public readonly bool IsLeaf => _node?.IsLeaf ?? _page.IsLeaf;

    public readonly ReadOnlySpan<byte> Key => KeyAt(Index);

    public readonly ReadOnlySpan<byte> Value => _node is null ? _page.Value(Index) : _node.Item(Index).Value;

    public readonly bool IsBucket => _node is null ? _page.IsBucket(Index) : _node.Item(Index).IsBucket;

    /// <summary>The page to name in an error; 0 for a node.</summary>
    public readonly ulong PageId => _node is null ? _page.NamedPage : 0;

    public readonly NodeItem Item => _node is null ? _page.Item(Index) : _node.Item(Index);

    public readonly ReadOnlySpan<byte> KeyAt(int index) => _node is null ? _page.Key(index) : _node.Item(index).Key;

    public readonly int LowerBound(ReadOnlySpan<byte> key) => _node?.LowerBound(key) ?? _page.LowerBound(key);

    public readonly int ChildIndex(ReadOnlySpan<byte> key) => _node?.ChildIndex(key) ?? _page.ChildIndex(key);

    public readonly TreePosition Child(CommittedState state)
    {
        if (_node is null)
        {
            return new TreePosition(state.Page(_page.ChildId(Index)));
        }

        Node? child = _node.Child(Index);
        return child is null ? new TreePosition(state.Page(_node.Item(Index).Tag)) : new TreePosition(child);
    }
}
