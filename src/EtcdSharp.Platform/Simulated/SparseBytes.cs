namespace EtcdSharp.Platform.Simulated;

/// <summary>A file's contents in blocks; a block that was never written is all zeros and takes no memory.</summary>
internal sealed class SparseBytes
{
    private const int BlockBytes = 4096;

    private readonly Dictionary<long, byte[]> _blocks = [];

    public long Length { get; private set; }

    public int Read(long offset, Span<byte> buffer)
    {
        int total = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        for (int done = 0; done < total; )
        {
            (long block, long start) = Math.DivRem(offset + done, BlockBytes);
            int count = (int)Math.Min(BlockBytes - start, total - done);
            Span<byte> target = buffer.Slice(done, count);
            if (_blocks.TryGetValue(block, out byte[]? bytes))
            {
                bytes.AsSpan((int)start, count).CopyTo(target);
            }
            else
            {
                target.Clear();
            }

            done += count;
        }

        return total;
    }

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        for (int done = 0; done < data.Length; )
        {
            (long block, long start) = Math.DivRem(offset + done, BlockBytes);
            int count = (int)Math.Min(BlockBytes - start, data.Length - done);
            if (!_blocks.TryGetValue(block, out byte[]? bytes))
            {
                bytes = new byte[BlockBytes];
                _blocks[block] = bytes;
            }

            data.Slice(done, count).CopyTo(bytes.AsSpan((int)start));
            done += count;
        }

        Length = Math.Max(Length, offset + data.Length);
    }

    public void SetLength(long length)
    {
        if (length < Length)
        {
            // What lies behind a cut must read as zeros when the file grows again.
            List<long> beyond = [.. _blocks.Keys.Where(block => (block + 1) * BlockBytes > length)];
            foreach (long block in beyond)
            {
                if (block * BlockBytes >= length)
                {
                    _blocks.Remove(block);
                }
                else
                {
                    _blocks[block].AsSpan((int)(length - (block * BlockBytes))).Clear();
                }
            }
        }

        Length = length;
    }

    public SparseBytes Clone()
    {
        var clone = new SparseBytes { Length = Length };
        foreach ((long block, byte[] bytes) in _blocks)
        {
            clone._blocks[block] = (byte[])bytes.Clone();
        }

        return clone;
    }

    /// <summary>Calls back with every block that holds data.</summary>
    public void Visit(Action<long, byte[]> visit)
    {
        foreach ((long block, byte[] bytes) in _blocks)
        {
            visit(block * BlockBytes, bytes);
        }
    }
}
