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
            var buffer = slot.Buffer ?? _scratch;
            return new MvccEvent(
                slot.ModRevision,
                slot.IsDelete,
                buffer.AsSpan(slot.KeyStart, slot.KeyLength),
                buffer.AsSpan(slot.Start, slot.Length)
            );
        }
    }

    internal void Clear()
    {
        Array.Clear(_slots, 0, Count);
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
        Add(new Slot(null, modRevision, start, keyValue.Length, start + keyStart, keyLength, IsDelete: false));
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
        Add(new Slot(null, modRevision, start, length, start + keyField - key.Length, key.Length, IsDelete: true));
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

    private int Reserve(int length)
    {
        if (_scratch.Length - _scratchLength < length)
        {
            Array.Resize(
                ref _scratch,
                Math.Max(FirstScratchBytes, Math.Max(checked(_scratchLength + length), _scratch.Length * 2))
            );
        }

        var start = _scratchLength;
        _scratchLength += length;
        return start;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Slot(
        byte[]? Buffer,
        long ModRevision,
        int Start,
        int Length,
        int KeyStart,
        int KeyLength,
        bool IsDelete
    );
}
