using System.Buffers.Binary;
using EtcdSharp.Platform;
using EtcdSharp.Raft;

namespace EtcdSharp.Storage.Wal;

/// <summary>What tests of the log have in common: small segments, entries, and the frames of a file.</summary>
internal static class TestLog
{
    public const long SmallSegmentBytes = 16 << 10;

    public static readonly byte[] Metadata = [8, 1, 16, 2];

    public static readonly WalSnapshotMark Beginning = new(0, 0);

    /// <summary>Without syncs: they change nothing in what the process itself reads. PowerLossTests tests them.</summary>
    public static WalOptions Options(long segmentBytes = SmallSegmentBytes) =>
        new()
        {
            Clock = SystemClock.Instance,
            SegmentBytes = segmentBytes,
            UnsafeNoFsync = true,
        };

    public static WriteAheadLog Create(string directory, long segmentBytes = SmallSegmentBytes) =>
        WriteAheadLog.Create(SystemDisk.Instance, directory, Metadata, Options(segmentBytes));

    public static OpenedWal Open(string directory, WalSnapshotMark? start = null) =>
        WriteAheadLog.Open(SystemDisk.Instance, directory, start ?? Beginning, Options() with { PrepareSegmentsAhead = false });

    public static Entry Entry(ulong index, ulong term = 1, int dataBytes = 100)
    {
        var data = new byte[dataBytes];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(1 + (index * 31 + (ulong)i * 7 + term) % 255);
        }

        return new Entry(EntryType.Normal, term, index, data);
    }

    public static Entry[] Entries(ulong first, int count, ulong term = 1, int dataBytes = 100) =>
        [.. Enumerable.Range(0, count).Select(i => Entry(first + (ulong)i, term, dataBytes))];

    public static string[] Segments(string directory) =>
        [.. Directory.GetFiles(directory, "*.wal").Order(StringComparer.Ordinal)];

    /// <summary>Offsets and whole lengths of the frames of a segment.</summary>
    public static List<(int Offset, int Length)> Frames(byte[] segment)
    {
        var frames = new List<(int, int)>();
        var offset = 0;
        while (
            offset + 8 <= segment.Length
            && BinaryPrimitives.ReadUInt64LittleEndian(segment.AsSpan(offset)) is var header and not 0
        )
        {
            Assert.True(WalFrame.TryDecodeHeader(header, out var bytes, out var padding));
            var length = (int)(8 + bytes + padding);
            frames.Add((offset, length));
            offset += length;
        }

        return frames;
    }
}
