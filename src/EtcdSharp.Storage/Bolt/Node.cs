using System.Buffers;

namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// A page taken into memory to be changed. It may grow far beyond a page's size during a transaction and is split
/// when the transaction is written. Its children, where they are in memory too, stand beside their elements.
/// </summary>
internal sealed unsafe class Node
{
    private const int InitialCapacity = 64;

    private NodeItem[] _items = [];
    private Node?[] _children = [];

    public bool IsLeaf { get; private set; }

    /// <summary>The page that this node replaces, 0 when there is none.</summary>
    public ulong PageId { get; private set; }

    public uint OverflowCount { get; private set; }

    public int Count { get; private set; }

    /// <summary>The size of the page that this node would make.</summary>
    public long Bytes { get; private set; }

    /// <summary>Something was removed, so the node may be too small to stay alone.</summary>
    public bool Unbalanced { get; set; }

    public ReadOnlySpan<NodeItem> Items => _items.AsSpan(0, Count);

    public void Clear(bool isLeaf)
    {
        IsLeaf = isLeaf;
        PageId = 0;
        OverflowCount = 0;
        Count = 0;
        Bytes = PageFormat.HeaderBytes;
        Unbalanced = false;
    }

    /// <summary>Loads a page; <paramref name="pageId"/> is 0 for the inline page of a bucket, which owns no page.</summary>
    public void Load(in PageView page, ulong pageId)
    {
        Clear(page.IsLeaf);
        PageId = pageId;
        OverflowCount = pageId == 0 ? 0 : page.OverflowCount;
        Reserve(page.Count);
        for (int i = 0; i < page.Count; i++)
        {
            NodeItem item = page.Item(i);
            _items[i] = item;
            Bytes += item.Bytes;
        }

        Count = page.Count;
        if (!IsLeaf)
        {
            Array.Clear(_children, 0, Count);
        }
    }

    /// <summary>Gives the rented arrays back.</summary>
    public void Return()
    {
        if (_items.Length > 0)
        {
            ArrayPool<NodeItem>.Shared.Return(_items);
            _items = [];
        }

        if (_children.Length > 0)
        {
            ArrayPool<Node?>.Shared.Return(_children, clearArray: true);
            _children = [];
        }

        Count = 0;
    }

    public ref readonly NodeItem Item(int index) => ref _items[index];

    public Node? Child(int index) => _children[index];

    public void SetChild(int index, Node child) => _children[index] = child;

    /// <summary>After its page was given up, the node replaces none.</summary>
    public void ForgetPage() => PageId = 0;

    public void BecomeEmptyLeaf()
    {
        IsLeaf = true;
        Count = 0;
        Bytes = PageFormat.HeaderBytes;
    }

    public int ChildIndex(ReadOnlySpan<byte> key)
    {
        int index = UpperBound(key) - 1;
        return Math.Max(index, 0);
    }

    /// <summary>The index of the first key that is not less; <see cref="Count"/> when there is none.</summary>
    public int LowerBound(ReadOnlySpan<byte> key)
    {
        // Appending at the end is by far the most frequent change: revisions only grow.
        if (Count == 0 || _items[Count - 1].Key.SequenceCompareTo(key) < 0)
        {
            return Count;
        }

        int low = 0;
        int high = Count - 1;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_items[middle].Key.SequenceCompareTo(key) < 0)
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

    public bool HasKeyAt(int index, ReadOnlySpan<byte> key) => index < Count && _items[index].Key.SequenceEqual(key);

    public void Insert(int index, in NodeItem item)
    {
        Reserve(Count + 1);
        if (index < Count)
        {
            Array.Copy(_items, index, _items, index + 1, Count - index);
        }

        _items[index] = item;
        Count++;
        Bytes += item.Bytes;
    }

    public void Replace(int index, in NodeItem item)
    {
        Bytes += item.Bytes - _items[index].Bytes;
        _items[index] = item;
    }

    public void RemoveAt(int index)
    {
        Bytes -= _items[index].Bytes;
        Count--;
        Array.Copy(_items, index + 1, _items, index, Count - index);
        Unbalanced = true;
    }

    /// <summary>Moves all of a right neighbour's elements behind this node's own.</summary>
    public void Absorb(Node right)
    {
        Reserve(Count + right.Count);
        Array.Copy(right._items, 0, _items, Count, right.Count);
        if (!IsLeaf)
        {
            Array.Copy(right._children, 0, _children, Count, right.Count);
        }

        Count += right.Count;
        Bytes += right.Bytes - PageFormat.HeaderBytes;
    }

    /// <summary>Keeps the first <paramref name="count"/> slots, filled through <see cref="Keep"/>, and measures the node anew.</summary>
    public void Truncate(int count)
    {
        Count = count;
        Bytes = PageFormat.HeaderBytes;
        for (int i = 0; i < count; i++)
        {
            Bytes += _items[i].Bytes;
        }

        Unbalanced = true;
    }

    /// <summary>Moves the element in slot <paramref name="from"/>, with its child, to the earlier slot <paramref name="to"/>.</summary>
    public void Keep(int from, int to)
    {
        _items[to] = _items[from];
        _children[to] = _children[from];
    }

    private int UpperBound(ReadOnlySpan<byte> key)
    {
        if (Count == 0 || _items[Count - 1].Key.SequenceCompareTo(key) <= 0)
        {
            return Count;
        }

        int low = 0;
        int high = Count - 1;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_items[middle].Key.SequenceCompareTo(key) <= 0)
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

    private void Reserve(int count)
    {
        if (count > _items.Length)
        {
            NodeItem[] larger = ArrayPool<NodeItem>.Shared.Rent(Math.Max(Math.Max(count, InitialCapacity), _items.Length * 2));
            Array.Copy(_items, larger, Count);
            if (_items.Length > 0)
            {
                ArrayPool<NodeItem>.Shared.Return(_items);
            }

            _items = larger;
        }

        if (!IsLeaf && count > _children.Length)
        {
            Node?[] larger = ArrayPool<Node?>.Shared.Rent(Math.Max(count, InitialCapacity));
            Array.Clear(larger);
            Array.Copy(_children, larger, Math.Min(Count, _children.Length));
            if (_children.Length > 0)
            {
                ArrayPool<Node?>.Shared.Return(_children, clearArray: true);
            }

            _children = larger;
        }
    }
}
