using System.Runtime.InteropServices;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Mvcc;

/// <summary>
/// Events in revision order: of one transaction when the store notifies, of many when history is read. Reused by its
/// owner; the spans of an <see cref="MvccEvent"/> are valid until it is cleared or filled again.
/// </summary>
internal sealed class MvccEvents
{
    private const int FirstEvents = 16;
    private const int FirstScratchBytes = 1024;

    /// <summary>
    /// Copies are kept in pieces that grow up to this, because one revision can have more bytes than an array: a deletion
    /// of a range copies every key of it.
    /// </summary>
    private const int ScratchPieceBytesMax = 1024 * 1024;

    /// <summary>What a large revision grew is not kept: 4,096 × 48 bytes and one piece are 1.2 MiB for each owner.</summary>
    private const int KeptEventsMax = 4096;

    private Slot[] _slots = new Slot[FirstEvents];
    private byte[] _scratch = [];
    private int _scratchLength;

    public int Count { get; private set; }

    /// <summary>Bytes of the encoded key-values of all events.</summary>
    public long Bytes { get; private set; }

    public MvccEvent this[int i]
    {
        get
        {
            ref readonly var slot = ref _slots[i];
            return new MvccEvent(
                slot.ModRevision,
                slot.IsDelete,
                slot.Buffer.AsSpan(slot.KeyStart, slot.KeyLength),
                slot.Buffer.AsSpan(slot.Start, slot.Length)
            );
        }
    }

    internal void Clear()
    {
        if (_slots.Length > KeptEventsMax)
        {
            _slots = new Slot[FirstEvents];
        }
        else
        {
            Array.Clear(_slots, 0, Count);
        }

        if (_scratch.Length > ScratchPieceBytesMax)
        {
            _scratch = [];
        }

        Count = 0;
        Bytes = 0;
        _scratchLength = 0;
    }

    /// <summary>Adds a put whose bytes stay where they are.</summary>
    internal void AddPut(long modRevision, byte[] buffer, int start, int length, int keyStart, int keyLength) =>
        Add(new Slot(buffer, modRevision, start, length, keyStart, keyLength, IsDelete: false));

    /// <summary>Adds a put by copying it.</summary>
    internal void AddPutCopy(long modRevision, ReadOnlySpan<byte> keyValue, int keyStart, int keyLength)
    {
        var start = Reserve(keyValue.Length);
        keyValue.CopyTo(_scratch.AsSpan(start));
        Add(new Slot(_scratch, modRevision, start, keyValue.Length, start + keyStart, keyLength, IsDelete: false));
    }

    /// <summary>Adds a deletion: its key-value has the key and the revision of the deletion, nothing else.</summary>
    internal void AddDelete(long modRevision, ReadOnlySpan<byte> key)
    {
        var keyField = ProtoWriter.SizeOfBytesField(1, key.Length);
        var length = keyField + ProtoWriter.SizeOfField(3, modRevision);
        var start = Reserve(length);
        var writer = new ProtoWriter(_scratch.AsSpan(start, length));
        writer.WriteBytesField(1, key);
        writer.WriteField(3, modRevision);
        Add(new Slot(_scratch, modRevision, start, length, start + keyField - key.Length, key.Length, IsDelete: true));
    }

    private void Add(in Slot slot)
    {
        if (Count == _slots.Length)
        {
            Array.Resize(ref _slots, _slots.Length * 2);
        }

        _slots[Count++] = slot;
        Bytes += slot.Length;
    }

    /// <summary>Makes room in the current piece, or begins another; events keep hold of the piece that they are in.</summary>
    private int Reserve(int length)
    {
        if (_scratch.Length - _scratchLength < length)
        {
            var larger = Math.Clamp(_scratch.Length * 2L, FirstScratchBytes, ScratchPieceBytesMax);
            _scratch = GC.AllocateUninitializedArray<byte>((int)Math.Max(larger, length));
            _scratchLength = 0;
        }

        var start = _scratchLength;
        _scratchLength += length;
        return start;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Slot(
        byte[] Buffer,
        long ModRevision,
        int Start,
        int Length,
        int KeyStart,
        int KeyLength,
        bool IsDelete
    );
}
