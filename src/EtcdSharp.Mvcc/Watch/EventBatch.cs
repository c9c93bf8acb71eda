using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Mvcc.Watch;

/// <summary>
/// Events encoded once, as the <c>events</c> fields of a WatchResponse, and shared by every watcher that is given
/// some of them: a response is assembled by copying. Immutable, apart from previous key-values, which are read and
/// kept when the first watcher asks for them. Covers whole revisions.
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

    private static readonly byte[] NoPrevious = [];

    private readonly byte[] _bytes;
    private readonly Entry[] _entries;

    private EventBatch(byte[] bytes, Entry[] entries)
    {
        _bytes = bytes;
        _entries = entries;
    }

    public int Count => _entries.Length;

    public int ByteCount => _bytes.Length;

    public static EventBatch Encode(MvccEvents events)
    {
        var count = events.Count;
        var length = 0;
        for (var i = 0; i < count; i++)
        {
            length = checked(length + FramedLength(events[i]));
        }

        var bytes = new byte[length];
        var entries = new Entry[count];
        var writer = new ProtoWriter(bytes);
        for (var i = 0; i < count; i++)
        {
            var mvccEvent = events[i];
            var start = writer.Position;
            writer.WriteBytesHeader(EventsField, BodyLength(mvccEvent.IsDelete, mvccEvent.KeyValue.Length));
            WriteBody(ref writer, mvccEvent.IsDelete, mvccEvent.KeyValue);
            var keyValueStart = writer.Position - mvccEvent.KeyValue.Length;
            var keyStart = keyValueStart + OffsetOf(mvccEvent.Key, mvccEvent.KeyValue);
            entries[i] = new Entry
            {
                Revision = mvccEvent.ModRevision,
                IsDelete = mvccEvent.IsDelete,
                Start = start,
                KeyValueStart = keyValueStart,
                End = writer.Position,
                KeyStart = keyStart,
                KeyLength = mvccEvent.Key.Length,
            };
        }

        return new EventBatch(bytes, entries);
    }

    public long RevisionOf(int place) => _entries[place].Revision;

    public bool IsDelete(int place) => _entries[place].IsDelete;

    public ReadOnlySpan<byte> Key(int place) => _bytes.AsSpan(_entries[place].KeyStart, _entries[place].KeyLength);

    /// <summary>The event as a field of WatchResponse, tag and length included.</summary>
    public ReadOnlySpan<byte> Framed(int place) =>
        _bytes.AsSpan(_entries[place].Start, _entries[place].End - _entries[place].Start);

    /// <summary>As <see cref="Framed"/>, with the key-value before the event where there was one and it is not compacted.</summary>
    public ReadOnlySpan<byte> FramedWithPrevious(int place, IWatchHistory history)
    {
        ref var entry = ref _entries[place];
        var known = Volatile.Read(ref entry.WithPrevious) ?? AddPrevious(ref entry, history);
        return known.Length == 0 ? Framed(place) : known;
    }

    public int BytesOf(in EventSelection selection)
    {
        if (selection.Count == _entries.Length)
        {
            return _bytes.Length;
        }

        var bytes = 0;
        for (var i = 0; i < selection.Count; i++)
        {
            ref readonly var entry = ref _entries[selection[i]];
            bytes += entry.End - entry.Start;
        }

        return bytes;
    }

    /// <summary>A batch of the selected events alone when they are a small share of this one; null to share this one.</summary>
    public EventBatch? CopyWhenSparse(in EventSelection selection, int selectedBytes)
    {
        if (_bytes.Length <= SparseBytesMin || selectedBytes > _bytes.Length / SparseShare)
        {
            return null;
        }

        var bytes = new byte[selectedBytes];
        var entries = new Entry[selection.Count];
        var position = 0;
        for (var i = 0; i < selection.Count; i++)
        {
            var entry = _entries[selection[i]];
            var length = entry.End - entry.Start;
            _bytes.AsSpan(entry.Start, length).CopyTo(bytes.AsSpan(position));
            entries[i] = entry.MovedBy(position - entry.Start);
            position += length;
        }

        return new EventBatch(bytes, entries);
    }

    private byte[] AddPrevious(ref Entry entry, IWatchHistory history)
    {
        var keyValue = _bytes.AsSpan(entry.KeyValueStart, entry.End - entry.KeyValueStart);
        var previous = IsCreation(entry.IsDelete, keyValue)
            ? null
            : history.ReadKeyValue(_bytes.AsSpan(entry.KeyStart, entry.KeyLength), entry.Revision - 1);
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

        // The size of a response is taken before its bytes, so the first answer stands even if another thread read a different one.
        return Interlocked.CompareExchange(ref entry.WithPrevious, framed, null) ?? framed;
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
        public long Revision;
        public byte[]? WithPrevious;
        public int Start;
        public int KeyValueStart;
        public int End;
        public int KeyStart;
        public int KeyLength;
        public bool IsDelete;

        public readonly Entry MovedBy(int distance) =>
            this with
            {
                Start = Start + distance,
                KeyValueStart = KeyValueStart + distance,
                End = End + distance,
                KeyStart = KeyStart + distance,
            };
    }
}
