using System.Runtime.InteropServices;

namespace EtcdSharp.Raft.Tracker;

/// <summary>The appends sent to a follower and not yet answered, bounded in number and in entry bytes.</summary>
internal sealed class Inflights(int maxMessages, ulong maxBytes)
{
    private InflightAppend[] _ring = [];
    private int _start;

    public int Count { get; private set; }

    public ulong Bytes { get; private set; }

    /// <summary>The byte bound is checked before, not after, an append: the last one may exceed it.</summary>
    public bool IsFull => Count == maxMessages || (maxBytes != 0 && Bytes >= maxBytes);

    /// <param name="lastIndex">The index of the last entry of the append.</param>
    /// <param name="bytes">The bytes of its entries' data.</param>
    public void Add(ulong lastIndex, ulong bytes)
    {
        if (IsFull)
        {
            throw new RaftInvariantException("an append was sent although the in-flight limit was reached");
        }

        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[Slot(Count)] = new InflightAppend(lastIndex, bytes);
        Count++;
        Bytes += bytes;
    }

    /// <summary>Forgets all appends whose last entry is at or before the index: an answer to a later one covers them.</summary>
    public void FreeUpTo(ulong index)
    {
        while (Count > 0 && _ring[_start].LastIndex <= index)
        {
            Bytes -= _ring[_start].Bytes;
            _start = Slot(1);
            Count--;
        }

        if (Count == 0)
        {
            _start = 0;
        }
    }

    public void Reset()
    {
        _start = 0;
        Count = 0;
        Bytes = 0;
    }

    private int Slot(int offset)
    {
        var slot = _start + offset;
        return slot >= _ring.Length ? slot - _ring.Length : slot;
    }

    private void Grow()
    {
        var size = Math.Min(Math.Max(4, (long)_ring.Length * 2), maxMessages);
        var ring = new InflightAppend[size];
        for (var i = 0; i < Count; i++)
        {
            ring[i] = _ring[Slot(i)];
        }

        _ring = ring;
        _start = 0;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct InflightAppend(ulong LastIndex, ulong Bytes);
}
