using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Storage.Wal;

/// <summary>Reads a log without locks and without changing it: for tools, and before a start decides where from.</summary>
internal static class WalReading
{
    /// <summary>What the log holds behind a snapshot; a torn end is left out.</summary>
    /// <exception cref="WalException">The log is damaged, or does not know the snapshot.</exception>
    public static WalContents ReadAll(IDisk disk, string directory, WalSnapshotMark start)
    {
        using var segments = new OpenSegments(disk, directory, WalDirectory.ListFrom(disk, directory, start.Index));
        using var reader = new WalRecordReader(segments.Files);
        return new WalReplay(start).ReadAll(reader);
    }

    /// <summary>
    /// The snapshots that a member may start from: those recorded at or below the commit index. A record above it was
    /// written by a member that died before it had stored the state that goes with the snapshot. When such a member goes on
    /// from an older snapshot and catches up entry by entry, the commit index passes the record; it counts still only where
    /// a start from it would read it, which begins at the segment with the entries behind it.
    /// </summary>
    public static IReadOnlyList<WalSnapshotMark> ValidSnapshots(IDisk disk, string directory)
    {
        var segments = WalDirectory.List(disk, directory);
        var marks = new List<(WalSnapshotMark Mark, string Segment)>();
        ulong commit = 0;
        ForEachRecord(
            disk,
            directory,
            reader =>
            {
                if (reader.Kind == WalRecordKind.Snapshot)
                {
                    var isReadable = WalSnapshotMark.TryDecode(reader.Data, out var mark);
                    marks.Add(isReadable ? (mark, Path.GetFileName(reader.Path)) : throw NotReadable(reader));
                }
                else if (reader.Kind == WalRecordKind.State)
                {
                    commit = RaftWire.TryDecode(reader.Data, out HardState state) ? state.Commit : throw NotReadable(reader);
                }
            }
        );

        return [.. marks.Where(found => found.Mark.Index <= commit && IsReadByAStart(found)).Select(found => found.Mark)];

        bool IsReadByAStart((WalSnapshotMark Mark, string Segment) found)
        {
            var first = segments.FindLastIndex(segment => segment.FirstIndex <= found.Mark.Index);
            return first < 0 || string.CompareOrdinal(found.Segment, segments[first].ToString()) >= 0;
        }
    }

    /// <summary>Shows every record of every segment, in order; a torn end is left out.</summary>
    /// <exception cref="WalException">The log is damaged elsewhere than at its end.</exception>
    public static void ForEachRecord(IDisk disk, string directory, Action<WalRecordReader> action)
    {
        var names = WalDirectory.List(disk, directory);
        if (names.Count == 0)
        {
            throw new WalException(WalFault.NotFound, directory, "holds no segment");
        }

        WalDirectory.RequireNoGap(directory, names, 0);
        using var segments = new OpenSegments(disk, directory, names);
        using var reader = new WalRecordReader(segments.Files);
        WalReadStep step;
        while ((step = reader.Next()) == WalReadStep.Record)
        {
            action(reader);
        }

        if (step == WalReadStep.Corrupt)
        {
            throw reader.Problem!;
        }
    }

    private static WalException NotReadable(WalRecordReader reader) =>
        new(WalFault.Malformed, reader.Path, "the data cannot be decoded", reader.RecordOffset, reader.Kind);

    private sealed class OpenSegments : IDisposable
    {
        public OpenSegments(IDisk disk, string directory, List<WalSegmentName> names)
        {
            try
            {
                foreach (var name in names)
                {
                    Files.Add(disk.Open(Path.Combine(directory, name.ToString()), DiskOpen.ReadExisting));
                }
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public List<IDiskFile> Files { get; } = [];

        public void Dispose() => Files.ForEach(file => file.Dispose());
    }
}
