namespace EtcdSharp.Storage.Backend;

/// <summary>The blocks that write batches are made of, used again once no reader can see the batch any more.</summary>
internal sealed class BatchMemory
{
    /// <summary>Below the size that the collector treats as large.</summary>
    public const int ChunkBytes = 64 * 1024;

    /// <summary>32 bytes each: 32 KiB.</summary>
    public const int SegmentEntries = 1024;

    /// <summary>A batch of 10,000 puts of 300 bytes takes 46 chunks; three batches can be alive: 160 × 64 KiB = 10 MiB kept.</summary>
    private const int ChunksKept = 160;

    /// <summary>Three batches of 10,000 entries: 32 × 32 KiB = 1 MiB kept.</summary>
    private const int SegmentsKept = 32;

    private readonly Lock _gate = new();
    private readonly Stack<byte[]> _chunks = new();
    private readonly Stack<KeyEntry[]> _segments = new();

    public byte[] TakeChunk()
    {
        lock (_gate)
        {
            if (_chunks.TryPop(out var chunk))
            {
                return chunk;
            }
        }

        return GC.AllocateUninitializedArray<byte>(ChunkBytes);
    }

    public KeyEntry[] TakeSegment()
    {
        lock (_gate)
        {
            if (_segments.TryPop(out var segment))
            {
                return segment;
            }
        }

        return new KeyEntry[SegmentEntries];
    }

    public void Give(List<byte[]> chunks)
    {
        lock (_gate)
        {
            foreach (var chunk in chunks)
            {
                if (_chunks.Count < ChunksKept)
                {
                    _chunks.Push(chunk);
                }
            }
        }
    }

    public void Give(KeyEntry[] segment)
    {
        Array.Clear(segment);
        lock (_gate)
        {
            if (_segments.Count < SegmentsKept)
            {
                _segments.Push(segment);
            }
        }
    }
}
