using System.Runtime.InteropServices;
using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Bolt;

/// <summary>The pages a commit is about to write, each built in place in the arena.</summary>
internal sealed unsafe class DirtyPages : IDisposable
{
    /// <summary>1 GB: one write's length is a 32-bit number.</summary>
    private const int MaxWriteBytes = 1 << 30;

    private readonly Arena _arena = new();
    private readonly List<Extent> _extents = [];

    public byte* Add(ulong pageId, long bytes)
    {
        byte* memory = _arena.Allocate(bytes);
        _extents.Add(new Extent(pageId, memory, bytes));
        return memory;
    }

    /// <summary>Writes in file order; pages that are neighbours in the file and in memory go out in one write.</summary>
    public void WriteTo(IDiskFile file, int pageSize)
    {
        _extents.Sort(static (left, right) => left.PageId.CompareTo(right.PageId));
        int first = 0;
        while (first < _extents.Count)
        {
            Extent run = _extents[first];
            long bytes = run.Bytes;
            int next = first + 1;
            while (
                next < _extents.Count
                && _extents[next].Memory == run.Memory + bytes
                && (long)(_extents[next].PageId - run.PageId) * pageSize == bytes
            )
            {
                bytes += _extents[next].Bytes;
                next++;
            }

            Write(file, (long)run.PageId * pageSize, run.Memory, bytes);
            first = next;
        }
    }

    public void Reset()
    {
        _extents.Clear();
        _arena.Reset();
    }

    public void Dispose() => _arena.Dispose();

    private static void Write(IDiskFile file, long offset, byte* memory, long bytes)
    {
        for (long done = 0; done < bytes; done += MaxWriteBytes)
        {
            int count = (int)Math.Min(bytes - done, MaxWriteBytes);
            file.WriteAt(offset + done, new ReadOnlySpan<byte>(memory + done, count));
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct Extent(ulong pageId, byte* memory, long bytes)
    {
        public ulong PageId { get; } = pageId;

        public byte* Memory { get; } = memory;

        public long Bytes { get; } = bytes;
    }
}
