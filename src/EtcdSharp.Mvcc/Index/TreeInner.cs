namespace EtcdSharp.Mvcc.Index;

/// <summary>
/// Child i has the keys from separator i-1 (included) up to separator i. The separators and the number of children
/// never change; a child may be replaced by another with the same range of keys, so that a reader on an old node
/// still finds every key in exactly one place.
/// </summary>
internal sealed class TreeInner(byte[][] separators, TreeNode[] children) : TreeNode
{
    public const int ChildrenMax = 64;

    public readonly byte[][] Separators = separators;

    private readonly TreeNode[] _children = children;

    public int Count => _children.Length;

    public TreeNode this[int i]
    {
        get => Volatile.Read(ref _children[i]);
        set => Volatile.Write(ref _children[i], value);
    }

    public int ChildFor(ReadOnlySpan<byte> key)
    {
        var low = 0;
        var high = Separators.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Separators[middle].AsSpan().SequenceCompareTo(key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>This node with child i replaced by two.</summary>
    public TreeInner WithSplit(int i, TreeNode left, byte[] separator, TreeNode right)
    {
        var newSeparators = new byte[Separators.Length + 1][];
        Array.Copy(Separators, 0, newSeparators, 0, i);
        newSeparators[i] = separator;
        Array.Copy(Separators, i, newSeparators, i + 1, Separators.Length - i);
        var newChildren = new TreeNode[_children.Length + 1];
        Array.Copy(_children, 0, newChildren, 0, i);
        newChildren[i] = left;
        newChildren[i + 1] = right;
        Array.Copy(_children, i + 1, newChildren, i + 2, _children.Length - i - 1);
        return new TreeInner(newSeparators, newChildren);
    }

    /// <summary>This node without child i; a neighbour takes over its range. Null when no child is left.</summary>
    public TreeInner? Without(int i)
    {
        if (_children.Length == 1)
        {
            return null;
        }

        var newSeparators = new byte[Separators.Length - 1][];
        var gone = Math.Max(0, i - 1);
        Array.Copy(Separators, 0, newSeparators, 0, gone);
        Array.Copy(Separators, gone + 1, newSeparators, gone, Separators.Length - gone - 1);
        var newChildren = new TreeNode[_children.Length - 1];
        Array.Copy(_children, 0, newChildren, 0, i);
        Array.Copy(_children, i + 1, newChildren, i, _children.Length - i - 1);
        return new TreeInner(newSeparators, newChildren);
    }

    /// <summary>This node with children i and i+1 replaced by one.</summary>
    public TreeInner WithMerge(int i, TreeNode merged)
    {
        var node = Without(i + 1)!;
        node._children[i] = merged;
        return node;
    }

    /// <summary>The two halves of a node that has grown too large, and the separator between them.</summary>
    public (TreeInner Left, byte[] Separator, TreeInner Right) Split(int leftCount) =>
        (
            new TreeInner(Separators[..(leftCount - 1)], _children[..leftCount]),
            Separators[leftCount - 1],
            new TreeInner(Separators[leftCount..], _children[leftCount..])
        );
}
