using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Storage.Wal;

/// <summary>Puts the records of a log together, in order: later entries replace earlier ones from their index on.</summary>
/// <remarks>
/// An index and a term stand for everything before them, or elections cannot be trusted: no entry of an older term may be left
/// behind the start. Where the start is a snapshot of another member, the entries that it did away with are in the log still,
/// before its record.
/// </remarks>
internal sealed class WalReplay(WalSnapshotMark start)
{
    private readonly List<Entry> _entries = [];
    private byte[]? _metadata;
    private HardState _state;
    private ulong _lastIndex;
    private ulong _termAtStart;
    private bool _startFound;

    /// <summary>Reads to the end of the log; the caller judges a torn end.</summary>
    /// <exception cref="WalException">The log is damaged elsewhere than at its end, or does not contain the start.</exception>
    public WalContents ReadAll(WalRecordReader reader)
    {
        WalReadStep step;
        while ((step = reader.Next()) == WalReadStep.Record)
        {
            Take(reader);
        }

        if (step == WalReadStep.Corrupt)
        {
            throw reader.Problem!;
        }

        if (step == WalReadStep.End && !_startFound)
        {
            throw new WalException(
                WalFault.SnapshotNotFound,
                reader.Path,
                $"has no record of the snapshot at index {start.Index}, term {start.Term}"
            );
        }

        return new WalContents
        {
            Metadata = _metadata ?? [],
            State = _state,
            Entries = _entries,
            LastIndex = _lastIndex,
            TornTail = step == WalReadStep.Torn,
        };
    }

    private void Take(WalRecordReader reader)
    {
        switch (reader.Kind)
        {
            case WalRecordKind.Metadata:
                TakeMetadata(reader);
                break;
            case WalRecordKind.Entry:
                TakeEntry(reader);
                break;
            case WalRecordKind.State:
                _state = RaftWire.TryDecode(reader.Data, out HardState state)
                    ? state
                    : throw Malformed(reader, "raftpb.HardState");
                break;
            case WalRecordKind.Crc:
                break;
            case WalRecordKind.Snapshot:
                TakeSnapshot(reader);
                break;
            default:
                throw new WalException(
                    WalFault.Malformed,
                    reader.Path,
                    $"{(long)reader.Kind} is no kind of record",
                    reader.RecordOffset
                );
        }
    }

    private void TakeMetadata(WalRecordReader reader)
    {
        if (_metadata is not null && !reader.Data.SequenceEqual(_metadata))
        {
            throw Fault(reader, WalFault.MetadataConflict, "names another member or cluster than the record before");
        }

        _metadata ??= reader.Data.ToArray();
    }

    private void TakeEntry(WalRecordReader reader)
    {
        if (!RaftWire.TryDecode(reader.DataMemory, out Entry entry))
        {
            throw Malformed(reader, "raftpb.Entry");
        }

        if (entry.Index <= start.Index)
        {
            // Nothing of what was read before lies behind this entry any more.
            _entries.Clear();
            _termAtStart = entry.Index == start.Index ? entry.Term : 0;
        }
        else
        {
            var place = entry.Index - start.Index - 1;
            if (place > (ulong)_entries.Count)
            {
                throw Fault(
                    reader,
                    WalFault.EntryGap,
                    $"entry {entry.Index} follows entry {start.Index + (ulong)_entries.Count}: entries between them are missing"
                );
            }

            _entries.RemoveRange((int)place, _entries.Count - (int)place);
            // The reader's memory is reused; only the entries that stay get memory of their own.
            _entries.Add(entry with { Data = entry.Data.ToArray() });
        }

        _lastIndex = entry.Index;
    }

    private void TakeSnapshot(WalRecordReader reader)
    {
        if (!WalSnapshotMark.TryDecode(reader.Data, out var mark))
        {
            throw Malformed(reader, "walpb.Snapshot");
        }

        if (mark.Index == start.Index)
        {
            if (mark.Term != start.Term)
            {
                throw Fault(
                    reader,
                    WalFault.SnapshotMismatch,
                    $"the snapshot at index {start.Index} has term {mark.Term} here, term {start.Term} in its own file"
                );
            }

            // A member's own snapshot is of a log that goes on; another member's took the place of one that did not have its entry.
            if (!_startFound && _termAtStart != start.Term)
            {
                _entries.Clear();
            }

            _startFound = true;
        }

        _lastIndex = Math.Max(_lastIndex, mark.Index);
    }

    private static WalException Malformed(WalRecordReader reader, string message) =>
        Fault(reader, WalFault.Malformed, $"the data is no {message}");

    private static WalException Fault(WalRecordReader reader, WalFault fault, string detail) =>
        new(fault, reader.Path, detail, reader.RecordOffset, reader.Kind);
}
