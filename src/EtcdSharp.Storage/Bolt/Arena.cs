using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// Native memory for one transaction, handed out from front to back and taken back all at once. Pointers stay valid
/// until <see cref="Reset"/>; nothing of it is seen by the garbage collector.
/// </summary>
internal sealed unsafe class Arena : IDisposable
{
    /// <summary>1 MB: three or four writes carry a commit of 10,000 small values.</summary>
    private const int ChunkBytes = 1024 * 1024;

    /// <summary>16 chunks of 1 MB are kept for the next transaction, which holds the usual batch of etcd's 10,000 operations.</summary>
    private const int KeptChunks = 16;

    private readonly List<nint> _chunks = [];
    private readonly List<nint> _large = [];
    private int _current = -1;
    private int _used = ChunkBytes;
    private bool _disposed;

    /// <summary>Uninitialised memory without alignment.</summary>
    public byte* Allocate(long bytes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (bytes > ChunkBytes - _used)
        {
            if (bytes > ChunkBytes / 4)
            {
                var large = (nint)NativeMemory.Alloc((nuint)bytes);
                _large.Add(large);
                return (byte*)large;
            }

            NextChunk();
        }

        byte* result = (byte*)_chunks[_current] + _used;
        _used += (int)bytes;
        return result;
    }

    public void Reset()
    {
        FreeAll(_large);
        for (int i = _chunks.Count - 1; i >= KeptChunks; i--)
        {
            NativeMemory.Free((void*)_chunks[i]);
            _chunks.RemoveAt(i);
        }

        _current = -1;
        _used = ChunkBytes;
    }

    public void Dispose()
    {
        _disposed = true;
        FreeAll(_large);
        FreeAll(_chunks);
    }

    private static void FreeAll(List<nint> blocks)
    {
        foreach (nint block in blocks)
        {
            NativeMemory.Free((void*)block);
        }

        blocks.Clear();
    }

    private void NextChunk()
    {
        _current++;
        if (_current == _chunks.Count)
        {
            _chunks.Add((nint)NativeMemory.Alloc(ChunkBytes));
        }

        _used = 0;
    }
}
