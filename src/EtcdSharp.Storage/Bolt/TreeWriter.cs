using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// Turns the changed buckets of a transaction into pages: from the leaves upwards, each node is split into pages of
/// the wanted fill and every page gets a new place, so that no page of the committed state is touched.
/// </summary>
internal sealed unsafe class TreeWriter
{
    /// <summary>bbolt keeps at least two keys on each side of a split.</summary>
    private const int MinKeysPerPage = 2;

    /// <summary>The count field has 16 bits and bbolt refuses a full one.</summary>
    private const int MaxKeysPerPage = 0xFFFE;

    private const double MinFillPercent = 0.1;
    private const double MaxFillPercent = 1.0;

    private readonly BoltWriteTransaction _transaction;
    private readonly WriteBuffers _buffers;
    private readonly int _pageSize;

    public TreeWriter(BoltWriteTransaction transaction, WriteBuffers buffers)
    {
        _transaction = transaction;
        _buffers = buffers;
        _pageSize = transaction.State.PageSize;
    }

    /// <summary>The part of the writing that went into merging pages.</summary>
    public TimeSpan BalanceTime { get; private set; }

    /// <summary>Writes what changed in the root bucket and below; returns the page of the root bucket.</summary>
    public ulong WriteRoot(BoltWriteBucket root)
    {
        WriteChildren(root);
        if (root.RootNode is null)
        {
            return root.Location.RootPage;
        }

        Balance(root);
        return WriteTree(root);
    }

    private void Balance(BoltWriteBucket bucket)
    {
        var start = Stopwatch.GetTimestamp();
        TreeBalance.Balance(_transaction, bucket);
        BalanceTime += Stopwatch.GetElapsedTime(start);
    }

    private void WriteChildren(BoltWriteBucket parent)
    {
        foreach (BoltWriteBucket child in parent.OpenChildren)
        {
            WriteChildren(child);
            if (child.RootNode is not null)
            {
                Balance(child);
                WriteBucket(parent, child);
            }
        }
    }

    private void WriteBucket(BoltWriteBucket parent, BoltWriteBucket child)
    {
        Node root = child.RootNode!;
        bool inline = IsInlineable(root);
        int bytes = PageFormat.BucketHeaderBytes + (inline ? (int)root.Bytes : 0);
        byte[] value = ArrayPool<byte>.Shared.Rent(bytes);
        fixed (byte* start = value)
        {
            if (inline)
            {
                _transaction.GiveUpPage(root);
                WritePage(start + PageFormat.BucketHeaderBytes, root.Bytes, 0, isLeaf: true, root.Items, overflow: 0);
            }

            *(ulong*)start = inline ? 0 : WriteTree(child);
            *(ulong*)(start + sizeof(ulong)) = child.Sequence;
        }

        parent.StoreBucket(child.Name, value.AsSpan(0, bytes));
        ArrayPool<byte>.Shared.Return(value);
    }

    /// <summary>A bucket of at most a quarter page that holds no buckets lives inside its parent's page.</summary>
    private bool IsInlineable(Node root)
    {
        if (!root.IsLeaf || root.Bytes > _pageSize / 4)
        {
            return false;
        }

        foreach (ref readonly NodeItem item in root.Items)
        {
            if (item.IsBucket)
            {
                return false;
            }
        }

        return true;
    }

    private ulong WriteTree(BoltWriteBucket bucket)
    {
        double fill = Math.Clamp(bucket.FillPercent, MinFillPercent, MaxFillPercent);
        var threshold = (long)(_pageSize * fill);
        List<NodeItem> written = _buffers.RentList();
        WriteNode(bucket.RootNode!, threshold, written);
        while (written.Count > 1)
        {
            List<NodeItem> above = _buffers.RentList();
            WriteSplit(CollectionsMarshal.AsSpan(written), isLeaf: false, threshold, above);
            _buffers.ReturnList(written);
            written = above;
        }

        ulong rootPage = written[0].Tag;
        _buffers.ReturnList(written);
        return rootPage;
    }

    /// <summary>Writes a node and what is in memory below it; adds an element for each page made.</summary>
    private void WriteNode(Node node, long threshold, List<NodeItem> written)
    {
        if (node.IsLeaf)
        {
            _transaction.GiveUpPage(node);
            WriteSplit(node.Items, isLeaf: true, threshold, written);
            return;
        }

        List<NodeItem> children = _buffers.RentList();
        for (int i = 0; i < node.Count; i++)
        {
            if (node.Child(i) is Node child)
            {
                WriteNode(child, threshold, children);
            }
            else
            {
                children.Add(node.Item(i));
            }
        }

        _transaction.GiveUpPage(node);
        WriteSplit(CollectionsMarshal.AsSpan(children), isLeaf: false, threshold, written);
        _buffers.ReturnList(children);
    }

    private void WriteSplit(ReadOnlySpan<NodeItem> items, bool isLeaf, long threshold, List<NodeItem> written)
    {
        long remaining = PageFormat.HeaderBytes;
        foreach (ref readonly NodeItem item in items)
        {
            remaining += item.Bytes;
        }

        while (items.Length > MaxKeysPerPage || (items.Length > MinKeysPerPage * 2 && remaining >= _pageSize))
        {
            int count = SplitPoint(items, threshold, out long bytes);
            written.Add(Place(items[..count], bytes, isLeaf));
            items = items[count..];
            remaining -= bytes - PageFormat.HeaderBytes;
        }

        written.Add(Place(items, remaining, isLeaf));
    }

    /// <summary>How many elements go on the next page: up to the threshold, leaving enough for a page after it.</summary>
    private static int SplitPoint(ReadOnlySpan<NodeItem> items, long threshold, out long bytes)
    {
        bytes = PageFormat.HeaderBytes;
        int most = Math.Min(items.Length - MinKeysPerPage, MaxKeysPerPage);
        int count = 0;
        while (count < most)
        {
            long size = items[count].Bytes;
            if (count >= MinKeysPerPage && bytes + size > threshold)
            {
                break;
            }

            bytes += size;
            count++;
        }

        return count;
    }

    private NodeItem Place(ReadOnlySpan<NodeItem> items, long bytes, bool isLeaf)
    {
        long pageCount = (bytes + _pageSize - 1) / _pageSize;
        ulong id = _transaction.Pages.Allocate((ulong)pageCount);
        byte* page = _buffers.Pages.Add(id, pageCount * _pageSize);
        WritePage(page, bytes, id, isLeaf, items, (uint)(pageCount - 1));

        // What an earlier transaction left in this memory must not leak into the file.
        long unused = (pageCount * _pageSize) - bytes;
        new Span<byte>(page + bytes, (int)unused).Clear();
        return items.IsEmpty
            ? new NodeItem { Tag = id }
            : new NodeItem
            {
                Data = items[0].Data,
                KeyLength = items[0].KeyLength,
                Tag = id,
            };
    }

    private static void WritePage(byte* page, long bytes, ulong id, bool isLeaf, ReadOnlySpan<NodeItem> items, uint overflow)
    {
        ushort flags = isLeaf ? PageFormat.LeafFlag : PageFormat.BranchFlag;
        PageFormat.WriteHeader(new Span<byte>(page, PageFormat.HeaderBytes), id, flags, (ushort)items.Length, overflow);
        byte* element = page + PageFormat.HeaderBytes;
        byte* data = element + ((long)items.Length * PageFormat.ElementBytes);
        foreach (ref readonly NodeItem item in items)
        {
            var fields = (uint*)element;
            if (isLeaf)
            {
                fields[0] = (uint)item.Tag;
                fields[1] = (uint)(data - element);
                fields[2] = (uint)item.KeyLength;
                fields[3] = (uint)item.ValueLength;
            }
            else
            {
                fields[0] = (uint)(data - element);
                fields[1] = (uint)item.KeyLength;
                *(ulong*)(element + 8) = item.Tag;
            }

            long length = (long)item.KeyLength + item.ValueLength;
            Buffer.MemoryCopy(item.Data, data, length, length);
            data += length;
            element += PageFormat.ElementBytes;
        }

        if (data - page != bytes)
        {
            throw new InvalidOperationException($"page {id} was measured at {bytes} bytes and took {data - page}");
        }
    }
}
