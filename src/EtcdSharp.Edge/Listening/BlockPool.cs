using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections.Features;

namespace EtcdSharp.Edge.Listening;

/// <summary>
/// The memory that requests wait in between the connection and their call. Kestrel without a host takes the shared array pool for
/// it, which keeps 32 arrays for each processor and allocates a new one for every request in flight beyond that.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>, IMemoryPoolFeature
{
    /// <summary>One pipe segment of Kestrel's; a request of more bytes takes several.</summary>
    private const int BlockLength = 4096;

    /// <summary>4 MiB: a block for each of a thousand requests in flight. More are given back to the garbage collector.</summary>
    private const int KeptMax = 1024;

    private readonly ConcurrentQueue<Block> _kept = new();
    private int _keptCount;

    public override int MaxBufferSize => BlockLength;

    MemoryPool<byte> IMemoryPoolFeature.MemoryPool => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockLength);
        if (!_kept.TryDequeue(out var block))
        {
            return new Block(this);
        }

        Interlocked.Decrement(ref _keptCount);
        block.TakenOut();
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        // Blocks that are still out come back into a queue that nobody reads; the collector takes both.
    }

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _keptCount) <= KeptMax)
        {
            _kept.Enqueue(block);
        }
        else
        {
            Interlocked.Decrement(ref _keptCount);
        }
    }

    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockLength);
        private int _returned;

        public Memory<byte> Memory => _bytes;

        public void TakenOut() => Volatile.Write(ref _returned, 0);

        /// <summary>A second return would hand the same bytes to two requests, so it does nothing.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
            {
                pool.Return(this);
            }
        }
    }
}
