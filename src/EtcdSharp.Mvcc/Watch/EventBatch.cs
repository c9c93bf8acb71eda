using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Mvcc.Watch;

/// <summary>
/// Events encoded once, as the <c>events</c> fields of a WatchResponse, and shared by every watcher that is given
/// some of them: a response is assembled by copying. Immutable, apart from previous key-values, which are read when
/// the first watcher asks for them, and kept up to a bound. Covers whole revisions.
/// </summary>
internal sealed class EventBatch
{
    /// <summary>The number of the field in WatchResponse.</summary>
    public const int EventsField = 11;

    private const int TypeField = 1;
    private const int KeyValueField = 2;
    private const int PreviousField = 3;
    private const int TypeDelete = 1;

    /// <summary>A watcher that takes less than one part in so many of a batch's bytes gets a copy, so that a full queue pins only this multiple of its bound.</summary>
    private const int SparseShare = 4;

    /// <summary>Batches up to this size are shared whatever a watcher takes of them.</summary>
    private const int SparseBytesMin = 4096;

    /// <summary>
    /// A batch has its bytes in pieces of at most this (more only where one event has more), because the events of one
    /// revision may have more bytes than an array: the keys of a deleted range, or values that puts kept.
    /// </summary>
    private const int PieceBytesMax = 64 * 1024 * 1024;

    /// <summary>
    /// What a batch keeps of events with previous key-values, for other watchers: a thousand values of a kilobyte. Those of a deleted
    /// range may have the size of the store; beyond this each watcher reads its own.
    /// </summary>
    private const long PreviousBytesMax = 1024 * 1024;

    private static readonly byte[] NoPrevious = [];

    private readonly Entry[] _entries;
    private long _previousBytes;

    private EventBatch(Entry[] entries, long byteCount)
    {
        _entries = entries;
        ByteCount = byteCount;
    }

    public int Count => _entries.Length;

    public long ByteCount { get; }

    public static EventBatch Encode(MvccEvents events, int pieceBytesMax = PieceBytesMax)
    {
        var entries = new Entry[events.Count];
        long byteCount = 0;
        for (var first = 0; first < entries.Length; )
        {
            var length = FramedLength(events[first]);
            var end = first + 1;
            while (end < entries.Length && FramedLength(events[end]) is var next && next <= pieceBytesMax - length)
            {
                length += next;
                end++;
            }

            EncodePiece(events, first, entries.AsSpan(first, end - first), new byte[length]);
            byteCount += length;
            first = end;
        }

        return new EventBatch(entries, byteCount);
    }

    private static void EncodePiece(MvccEvents events, int first, Span<Entry> entries, byte[] bytes)
    {
        var writer = new ProtoWriter(bytes);
        for (var i = 0; i < entries.Length; i++)
        {
            var mvccEvent = events[first + i];
            var start = writer.Position;
            writer.WriteBytesHeader(EventsField, BodyLength(mvccEvent.IsDelete, mvccEvent.KeyValue.Length));
            WriteBody(ref writer, mvccEvent.IsDelete, mvccEvent.KeyValue);
            var keyValueStart = writer.Position - mvccEvent.KeyValue.Length;
            var keyStart = keyValueStart + OffsetOf(mvccEvent.Key, mvccEvent.KeyValue);
            entries[i] = new Entry
            {
                Piece = bytes,
                Revision = mvccEvent.ModRevision,
                IsDelete = mvccEvent.IsDelete,
                Start = start,
                KeyValueStart = keyValueStart,
                End = writer.Position,
                KeyStart = keyStart,
                KeyLength = mvccEvent.Key.Length,
            };
        }
    }

    public long RevisionOf(int place) => _entries[place].Revision;

    public bool IsDelete(int place) => _entries[place].IsDelete;

    public ReadOnlySpan<byte> Key(int place) => _entries[place].Key;

    /// <summary>The event as a field of WatchResponse, tag and length included.</summary>
    public ReadOnlySpan<byte> Framed(int place) => _entries[place].Framed;

    /// <summary>As <see cref="Framed"/>, with the key-value before the event where there was one and it is not compacted.</summary>
    public ReadOnlySpan<byte> FramedWithPrevious(int place, IWatchHistory history)
    {
        var read = ReadWithPrevious(place, history);
        return read is null ? KeptWithPrevious(place) : read;
    }

    /// <summary>Reads the event of <see cref="FramedWithPrevious"/> unless it is kept; null where it is or is kept from now on.</summary>
    public byte[]? ReadWithPrevious(int place, IWatchHistory history)
    {
        ref var entry = ref _entries[place];
        return Volatile.Read(ref entry.WithPrevious) is null ? AddPrevious(ref entry, history) : null;
    }

    /// <summary>The event of <see cref="FramedWithPrevious"/>, after <see cref="ReadWithPrevious"/> said that it is kept.</summary>
    public ReadOnlySpan<byte> KeptWithPrevious(int place)
    {
        var known =
            Volatile.Read(ref _entries[place].WithPrevious)
            ?? throw new InvalidOperationException("An event with its previous key-value is asked for before it was read.");
        return known.Length == 0 ? Framed(place) : known;
    }

    public long BytesOf(in EventSelection selection)
    {
        if (selection.Count == _entries.Length)
        {
            return ByteCount;
        }

        long bytes = 0;
        for (var i = 0; i < selection.Count; i++)
        {
            ref readonly var entry = ref _entries[selection[i]];
            bytes += entry.End - entry.Start;
        }

        return bytes;
    }

    /// <summary>A batch of the selected events alone when they are a small share of this one; null to share this one.</summary>
    public EventBatch? CopyWhenSparse(in EventSelection selection, long selectedBytes)
    {
        if (ByteCount <= SparseBytesMin || selectedBytes > Math.Min(ByteCount / SparseShare, PieceBytesMax))
        {
            return null;
        }

        var bytes = new byte[selectedBytes];
        var entries = new Entry[selection.Count];
        var position = 0;
        for (var i = 0; i < selection.Count; i++)
        {
            var entry = _entries[selection[i]];
            entry.Framed.CopyTo(bytes.AsSpan(position));
            entries[i] = entry.MovedTo(bytes, position);
            position += entry.End - entry.Start;
        }

        return new EventBatch(entries, selectedBytes);
    }

    /// <summary>Null when it is kept, so that everybody is answered the same.</summary>
    private byte[]? AddPrevious(ref Entry entry, IWatchHistory history)
    {
        var keyValue = entry.KeyValue;
        var previous = IsCreation(entry.IsDelete, keyValue) ? null : history.ReadKeyValue(entry.Key, entry.Revision - 1);
        var framed = NoPrevious;
        if (previous is not null)
        {
            var body = BodyLength(entry.IsDelete, keyValue.Length) + ProtoWriter.SizeOfBytesField(PreviousField, previous.Length);
            framed = new byte[ProtoWriter.SizeOfBytesField(EventsField, body)];
            var writer = new ProtoWriter(framed);
            writer.WriteBytesHeader(EventsField, body);
            WriteBody(ref writer, entry.IsDelete, keyValue);
            writer.WriteBytesField(PreviousField, previous);
        }

        if (Interlocked.Add(ref _previousBytes, framed.Length) > PreviousBytesMax && framed.Length > 0)
        {
            Interlocked.Add(ref _previousBytes, -framed.Length);
            return framed;
        }

        // The size of a response is taken before its bytes, so the first answer stands even if another thread read a different one.
        if (Interlocked.CompareExchange(ref entry.WithPrevious, framed, null) is not null)
        {
            Interlocked.Add(ref _previousBytes, -framed.Length);
        }

        return null;
    }

    private static bool IsCreation(bool isDelete, ReadOnlySpan<byte> keyValue)
    {
        if (isDelete)
        {
            return false;
        }

        long created = 0;
        long modified = 0;
        var reader = new ProtoReader(keyValue);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 2:
                    created = reader.ReadInt64();
                    break;
                case 3:
                    modified = reader.ReadInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return created == modified;
    }

    private static int BodyLength(bool isDelete, int keyValueLength) =>
        (isDelete ? ProtoWriter.SizeOfField(TypeField, (long)TypeDelete) : 0)
        + ProtoWriter.SizeOfBytesField(KeyValueField, keyValueLength);

    private static int FramedLength(in MvccEvent mvccEvent) =>
        ProtoWriter.SizeOfBytesField(EventsField, BodyLength(mvccEvent.IsDelete, mvccEvent.KeyValue.Length));

    private static void WriteBody(ref ProtoWriter writer, bool isDelete, ReadOnlySpan<byte> keyValue)
    {
        if (isDelete)
        {
            writer.WriteField(TypeField, (long)TypeDelete);
        }

        writer.WriteBytesField(KeyValueField, keyValue);
    }

    private static int OffsetOf(ReadOnlySpan<byte> key, ReadOnlySpan<byte> keyValue)
    {
        if (keyValue.Overlaps(key, out var offset))
        {
            return offset;
        }

        if (key.IsEmpty)
        {
            return 0;
        }

        throw new InvalidOperationException("An event's key must lie inside its key-value.");
    }

    private struct Entry
    {
        public byte[] Piece;
        public long Revision;
        public byte[]? WithPrevious;
        public int Start;
        public int KeyValueStart;
        public int End;
        public int KeyStart;
        public int KeyLength;
        public bool IsDelete;

        public readonly ReadOnlySpan<byte> Framed => Piece.AsSpan(Start, End - Start);

        public readonly ReadOnlySpan<byte> KeyValue => Piece.AsSpan(KeyValueStart, End - KeyValueStart);

        public readonly ReadOnlySpan<byte> Key => Piece.AsSpan(KeyStart, KeyLength);

        public readonly Entry MovedTo(byte[] piece, int start) =>
            this with
            {
                Piece = piece,
                Start = start,
                KeyValueStart = KeyValueStart - Start + start,
                End = End - Start + start,
                KeyStart = KeyStart - Start + start,
            };
    }
}
