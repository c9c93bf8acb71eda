using System.Collections.Immutable;

namespace EtcdSharp.Storage.Backend;

/// <summary>
/// What was written since the last commit. One thread at a time writes, under the store's write gate; readers on any
/// thread see a prefix: an entry is written first and counted afterwards, and never changed again.
/// </summary>
internal sealed class WriteBatch(BatchMemory memory)
{
    /// <summary>A value of a quarter of a chunk or more gets memory of its own, so that at most a quarter of a chunk is wasted.</summary>
    private const int SharedBytesMax = BatchMemory.ChunkBytes / 4;

    private const int FirstSegments = 16;

    private readonly List<byte[]> _chunks = [];
    private readonly ImmutableSortedDictionary<byte[], byte[]?>?[] _buckets = new ImmutableSortedDictionary<byte[], byte[]?>?[
        BucketNames.Count
    ];
    private KeyEntry[]?[] _segments = new KeyEntry[]?[FirstSegments];
    private int _count;
    private byte[] _chunk = [];
    private int _chunkUsed;

    /// <summary>The last log entry whose changes are in here; 0 for none.</summary>
    public ulong Index { get; set; }

    public ulong Term { get; set; }

    public int Operations { get; private set; }

    public long Bytes { get; private set; }

    public bool IsEmpty => Operations == 0 && Index == 0;

    public int KeyCount => Volatile.Read(ref _count);

    public ref readonly KeyEntry KeyAt(int i) =>
        ref Volatile.Read(ref _segments)[i / BatchMemory.SegmentEntries]![i % BatchMemory.SegmentEntries];

    /// <summary>Memory for an encoded KeyValue that <see cref="AddKey"/> then takes in.</summary>
    public Span<byte> Reserve(int length, out byte[] data, out int start)
    {
        if (length >= SharedBytesMax)
        {
            data = GC.AllocateUninitializedArray<byte>(length);
            start = 0;
            return data;
        }

        if (_chunk.Length - _chunkUsed < length)
        {
            _chunk = memory.TakeChunk();
            _chunks.Add(_chunk);
            _chunkUsed = 0;
        }

        data = _chunk;
        start = _chunkUsed;
        _chunkUsed += length;
        return data.AsSpan(start, length);
    }

    public void AddKey(Revision revision, bool tombstone, byte[] data, int start, int length)
    {
        var segment = _count / BatchMemory.SegmentEntries;
        if (segment == _segments.Length)
        {
            var more = new KeyEntry[]?[_segments.Length * 2];
            _segments.CopyTo(more, 0);
            Volatile.Write(ref _segments, more);
        }

        var entries = _segments[segment] ??= memory.TakeSegment();
        ref var entry = ref entries[_count % BatchMemory.SegmentEntries];
        entry.Data = data;
        entry.Start = start;
        entry.Length = length;
        entry.Main = revision.Main;
        entry.SubAndMark = (revision.Sub << 1) | (tombstone ? 1L : 0L);
        Volatile.Write(ref _count, _count + 1);
        Operations++;
        Bytes += length;
    }

    public bool TryGetKey(Revision revision, out ReadOnlySpan<byte> value)
    {
        var count = KeyCount;
        if (count > 0 && revision >= KeyAt(0).Revision)
        {
            var i = LowerBound(revision, count);
            if (i < count)
            {
                ref readonly var entry = ref KeyAt(i);
                if (entry.Revision == revision)
                {
                    value = entry.Value;
                    return true;
                }
            }
        }

        value = default;
        return false;
    }

    /// <summary>The place of the first of the first <paramref name="count"/> entries that is not before the revision.</summary>
    public int LowerBound(Revision revision, int count)
    {
        if (count == 0)
        {
            return 0;
        }

        // Every revision has at least one entry; where it has exactly one, this is the place.
        var guess = Math.Clamp(revision.Main - KeyAt(0).Main, 0, count - 1);
        if (KeyAt((int)guess).Revision == revision)
        {
            return (int)guess;
        }

        var low = 0;
        var high = count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (KeyAt(middle).Revision < revision)
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

    /// <summary>Sets a value, or with null deletes the key, in a bucket other than the key bucket.</summary>
    public void Set(BackendBucket bucket, byte[] key, byte[]? value)
    {
        var changes = _buckets[(int)bucket] ?? ImmutableSortedDictionary.Create<byte[], byte[]?>(BytesComparer.Instance);
        Volatile.Write(ref _buckets[(int)bucket], changes.SetItem(key, value));
        Operations++;
        Bytes += key.Length + (value?.Length ?? 0);
    }

    /// <summary>The pending changes of a bucket in key order, null values for deletions; null for none.</summary>
    public ImmutableSortedDictionary<byte[], byte[]?>? Changes(BackendBucket bucket) => Volatile.Read(ref _buckets[(int)bucket]);

    /// <summary>Gives the memory back. No reader may see the batch any more.</summary>
    public void Recycle()
    {
        memory.Give(_chunks);
        foreach (var segment in _segments)
        {
            if (segment is not null)
            {
                memory.Give(segment);
            }
        }

        _chunks.Clear();
        _segments = [];
        _count = 0;
    }
}
