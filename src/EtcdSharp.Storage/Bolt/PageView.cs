using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// A branch or leaf page in the map. The constructor has checked that header and elements lie inside the page; every
/// accessor checks that the key and value it hands out do too, so that no content can lead a read outside.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct PageView
{
    private readonly CommittedState _state;
    private readonly byte* _page;
    private readonly long _extent;

    /// <summary><paramref name="page"/> must point to <paramref name="extent"/> readable bytes.</summary>
    public PageView(CommittedState state, ulong id, byte* page, long extent)
    {
        _state = state;
        Id = id;
        _page = page;
        _extent = extent;
        Count = *(ushort*)(page + PageFormat.CountOffset);
        ushort flags = *(ushort*)(page + PageFormat.FlagsOffset);
        IsLeaf = flags == PageFormat.LeafFlag;
        if (!IsLeaf && flags != PageFormat.BranchFlag)
        {
            throw Damaged(BoltDamage.WrongPageKind, $"flags {flags:x} where a branch or leaf page is expected");
        }

        if (PageFormat.HeaderBytes + ((long)Count * PageFormat.ElementBytes) > extent)
        {
            throw Damaged(BoltDamage.BadPageSize, $"{Count} elements in {extent} bytes");
        }

        if (!IsLeaf && Count == 0)
        {
            throw Damaged(BoltDamage.BadPageSize, "a branch page without children");
        }
    }

    /// <summary>0 for an inline page.</summary>
    public ulong Id { get; }

    /// <summary>The page to name in an error: itself, or the one that the inline page lies in.</summary>
    public ulong NamedPage => Id != 0 ? Id : _state.PageAt(_page);

    public int Count { get; }

    public bool IsLeaf { get; }

    public bool IsMissing => _page is null;

    public uint OverflowCount => *(uint*)(_page + PageFormat.OverflowOffset);

    /// <summary>The bytes of header, elements, keys and values, assuming bbolt's dense order.</summary>
    public long BytesInUse
    {
        get
        {
            long bytes = PageFormat.HeaderBytes;
            for (int i = 0; i < Count; i++)
            {
                bytes += PageFormat.ElementBytes + Key(i).Length + (IsLeaf ? Value(i).Length : 0);
            }

            return bytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Key(int index)
    {
        byte* element = Element(index);
        uint* sizes = (uint*)element + (IsLeaf ? 1 : 0);
        long end = (element - _page) + (long)sizes[0] + sizes[1];
        if (end > _extent || sizes[1] > int.MaxValue)
        {
            ThrowBadElement(index);
        }

        return new ReadOnlySpan<byte>(element + sizes[0], (int)sizes[1]);
    }

    public ReadOnlySpan<byte> Value(int index)
    {
        NodeItem item = LeafItem(index);
        return new ReadOnlySpan<byte>(item.Data + item.KeyLength, item.ValueLength);
    }

    public bool IsBucket(int index) => (*(uint*)Element(index) & PageFormat.BucketElementFlag) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ChildId(int index) => *(ulong*)(Element(index) + 8);

    /// <summary>The element as a node keeps it: a pointer to key and value, which lie one after the other.</summary>
    public NodeItem Item(int index)
    {
        if (IsLeaf)
        {
            return LeafItem(index);
        }

        ReadOnlySpan<byte> key = Key(index);
        return new NodeItem
        {
            Data = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(key)),
            KeyLength = key.Length,
            Tag = ChildId(index),
        };
    }

    /// <summary>The child to follow for a key: the last whose first key is not greater, or the first child.</summary>
    public int ChildIndex(ReadOnlySpan<byte> key)
    {
        ulong start = Start(key);
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Compare(middle, key, start) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return Math.Max(low - 1, 0);
    }

    /// <summary>The index of the first key that is not less; <see cref="Count"/> when there is none.</summary>
    public int LowerBound(ReadOnlySpan<byte> key)
    {
        ulong start = Start(key);
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Compare(middle, key, start) < 0)
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

    /// <summary>
    /// Whether a key lies between the page's first and last one, so that it is on this page, or below it, if it is anywhere: a branch's last
    /// child reaches beyond its key, which the page alone does not say how far.
    /// </summary>
    public bool Spans(ReadOnlySpan<byte> key)
    {
        ulong start = Start(key);
        return Count > 0 && Compare(0, key, start) <= 0 && Compare(Count - 1, key, start) >= 0;
    }

    /// <summary>The first bytes of a key as a number in the order of the keys; 0 where it is shorter.</summary>
    private static ulong Start(ReadOnlySpan<byte> key) =>
        key.Length >= sizeof(ulong) ? BinaryPrimitives.ReadUInt64BigEndian(key) : 0;

    /// <summary>
    /// How the key at an index is ordered beside another one, whose first bytes are <paramref name="start"/>. Most keys of a page differ
    /// there already (a revision's first eight bytes are its main number), and a number is compared in a fifth of the time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Compare(int index, ReadOnlySpan<byte> key, ulong start)
    {
        ReadOnlySpan<byte> own = Key(index);
        if (own.Length >= sizeof(ulong) && key.Length >= sizeof(ulong))
        {
            ulong ownStart = BinaryPrimitives.ReadUInt64BigEndian(own);
            if (ownStart != start)
            {
                return ownStart < start ? -1 : 1;
            }
        }

        return own.SequenceCompareTo(key);
    }

    private NodeItem LeafItem(int index)
    {
        byte* element = Element(index);
        uint* fields = (uint*)element;
        long end = (element - _page) + (long)fields[1] + fields[2] + fields[3];
        if (end > _extent || fields[2] > int.MaxValue || fields[3] > int.MaxValue)
        {
            ThrowBadElement(index);
        }

        return new NodeItem
        {
            Data = element + fields[1],
            KeyLength = (int)fields[2],
            ValueLength = (int)fields[3],
            Tag = fields[0],
        };
    }

    private byte* Element(int index) => _page + PageFormat.HeaderBytes + ((long)index * PageFormat.ElementBytes);

    private void ThrowBadElement(int index) => throw Damaged(BoltDamage.BadElement, $"element {index} reaches outside the page");

    private BoltCorruptionException Damaged(BoltDamage damage, string detail) => _state.Damaged(NamedPage, damage, detail);
}
