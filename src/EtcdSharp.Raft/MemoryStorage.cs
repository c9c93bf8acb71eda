using EtcdSharp.Raft.Log;

namespace EtcdSharp.Raft;

/// <summary>
/// An <see cref="IRaftStorage"/> in memory: the log of a test, or the readable tail of a log whose durable form lies
/// elsewhere. Any thread may call it; entries are handed out as windows, which never change.
/// </summary>
/// <remarks>
/// The log lies in segments of <see cref="SegmentLength"/> entries by index, so that appending and compacting move nothing;
/// only a read across two segments copies, entries and never their data.
/// </remarks>
public sealed class MemoryStorage : IRaftStorage
{
    /// <summary>1024 entries of 40 bytes are 40 KB, below the large object heap's 85 KB.</summary>
    private const int SegmentLength = 1024;

    private readonly Lock _gate = new();

    /// <summary>Segments by number, index / SegmentLength; the first in the list has number _firstSegment.</summary>
    private readonly List<Entry[]> _segments = [];
    private ulong _firstSegment;
    private ulong _lastIndex;
    private EntryId _compacted;
    private HardState _hardState;
    private Snapshot _snapshot = Snapshot.Empty;

    public ulong FirstIndex
    {
        get
        {
            lock (_gate)
            {
                return _compacted.Index + 1;
            }
        }
    }

    public ulong LastIndex
    {
        get
        {
            lock (_gate)
            {
                return _lastIndex;
            }
        }
    }

    public (HardState HardState, ConfState ConfState) InitialState()
    {
        lock (_gate)
        {
            return (_hardState, _snapshot.Metadata.ConfState);
        }
    }

    public StorageRead TryGetTerm(ulong index, out ulong term)
    {
        lock (_gate)
        {
            term = 0;
            if (index < _compacted.Index)
            {
                return StorageRead.Compacted;
            }

            if (index > _lastIndex)
            {
                return StorageRead.Unavailable;
            }

            term = index == _compacted.Index ? _compacted.Term : SegmentOf(index)[Slot(index)].Term;
            return StorageRead.Ok;
        }
    }

    public StorageRead TryGetEntries(ulong low, ulong high, ulong maxBytes, out ReadOnlyMemory<Entry> entries)
    {
        lock (_gate)
        {
            entries = default;
            if (low <= _compacted.Index)
            {
                return StorageRead.Compacted;
            }

            if (high > _lastIndex + 1)
            {
                return StorageRead.Unavailable;
            }

            entries = low < high ? EntrySizes.Limit(Window(low, high), maxBytes) : default;
            return StorageRead.Ok;
        }
    }

    public StorageRead TryGetSnapshot(out Snapshot snapshot)
    {
        lock (_gate)
        {
            snapshot = _snapshot;
            return StorageRead.Ok;
        }
    }

    public void SetHardState(HardState hardState)
    {
        lock (_gate)
        {
            _hardState = hardState;
        }
    }

    /// <summary>
    /// Appends entries, which may replace a tail of the log; those already compacted are skipped. They are copied, their
    /// data is not.
    /// </summary>
    public void Append(ReadOnlySpan<Entry> entries)
    {
        lock (_gate)
        {
            if (entries.IsEmpty || entries[^1].Index <= _compacted.Index)
            {
                return;
            }

            if (entries[0].Index <= _compacted.Index)
            {
                entries = entries[(int)(_compacted.Index + 1 - entries[0].Index)..];
            }

            var first = entries[0].Index;
            if (first > _lastIndex + 1)
            {
                throw new RaftInvariantException($"missing log entry [last: {_lastIndex}, append at: {first}]");
            }

            if (first <= _lastIndex)
            {
                Truncate(first);
            }

            while (!entries.IsEmpty)
            {
                var segment = SegmentForAppend(_lastIndex + 1);
                var slot = Slot(_lastIndex + 1);
                var fitting = entries[..Math.Min(entries.Length, SegmentLength - slot)];
                fitting.CopyTo(segment.AsSpan(slot));
                _lastIndex += (ulong)fitting.Length;
                entries = entries[fitting.Length..];
            }
        }
    }

    /// <summary>Replaces the whole log; false when the storage has a snapshot as new or newer.</summary>
    public bool ApplySnapshot(Snapshot snapshot)
    {
        lock (_gate)
        {
            if (!_snapshot.IsEmpty && _snapshot.Metadata.Index >= snapshot.Metadata.Index)
            {
                return false;
            }

            _snapshot = snapshot;
            _compacted = new EntryId(snapshot.Metadata.Term, snapshot.Metadata.Index);
            _lastIndex = snapshot.Metadata.Index;
            _segments.Clear();
            return true;
        }
    }

    /// <summary>
    /// Makes the snapshot at an index of the log that peers far behind will get, with the last known configuration unless
    /// one is given; null when a snapshot as new exists.
    /// </summary>
    public Snapshot? CreateSnapshot(ulong index, ConfState? confState, ReadOnlyMemory<byte> data)
    {
        lock (_gate)
        {
            if (index <= _snapshot.Metadata.Index)
            {
                return null;
            }

            if (TryGetTerm(index, out var term) != StorageRead.Ok)
            {
                throw new RaftInvariantException($"a snapshot at {index} is out of bounds of the log");
            }

            _snapshot = new Snapshot(data, new SnapshotMetadata(confState ?? _snapshot.Metadata.ConfState, index, term));
            return _snapshot;
        }
    }

    /// <summary>Forgets entries up to and including the index; false when they were forgotten already.</summary>
    public bool Compact(ulong index)
    {
        lock (_gate)
        {
            if (index <= _compacted.Index)
            {
                return false;
            }

            if (index > _lastIndex)
            {
                throw new RaftInvariantException($"compact {index} is out of bounds of the log");
            }

            _compacted = new EntryId(SegmentOf(index)[Slot(index)].Term, index);
            var dropped = Math.Min((int)(SegmentNumber(index + 1) - _firstSegment), _segments.Count);
            _segments.RemoveRange(0, dropped);
            _firstSegment += (ulong)dropped;
            ReleaseBefore(index + 1);
            return true;
        }
    }

    private static ulong SegmentNumber(ulong index) => index / SegmentLength;

    private static int Slot(ulong index) => (int)(index % SegmentLength);

    private Entry[] SegmentOf(ulong index) => _segments[(int)(SegmentNumber(index) - _firstSegment)];

    private Entry[] SegmentForAppend(ulong index)
    {
        if (_segments.Count == 0)
        {
            _firstSegment = SegmentNumber(index);
        }

        if (SegmentNumber(index) == _firstSegment + (ulong)_segments.Count)
        {
            _segments.Add(new Entry[SegmentLength]);
        }

        return SegmentOf(index);
    }

    /// <summary>
    /// The data of forgotten entries must not stay in memory for the sake of their neighbours. Windows on the segment may be out, so
    /// what is kept of it goes on in a new array.
    /// </summary>
    private void ReleaseBefore(ulong first)
    {
        if (_segments.Count == 0 || Slot(first) == 0)
        {
            return;
        }

        var segment = new Entry[SegmentLength];
        _segments[0].AsSpan(Slot(first)).CopyTo(segment.AsSpan(Slot(first)));
        _segments[0] = segment;
    }

    /// <summary>Windows on the tail may be out, so what is kept of its first segment goes on in a new array.</summary>
    private void Truncate(ulong from)
    {
        var kept = SegmentOf(from).AsSpan(0, Slot(from));
        var position = (int)(SegmentNumber(from) - _firstSegment);
        var segment = new Entry[SegmentLength];
        kept.CopyTo(segment);
        _segments[position] = segment;
        _segments.RemoveRange(position + 1, _segments.Count - position - 1);
        _lastIndex = from - 1;
    }

    private ReadOnlyMemory<Entry> Window(ulong low, ulong high)
    {
        var length = (int)(high - low);
        if (Slot(low) + length <= SegmentLength)
        {
            return SegmentOf(low).AsMemory(Slot(low), length);
        }

        var joined = new Entry[length];
        for (var filled = 0; filled < length; )
        {
            var index = low + (ulong)filled;
            var part = Math.Min(length - filled, SegmentLength - Slot(index));
            SegmentOf(index).AsSpan(Slot(index), part).CopyTo(joined.AsSpan(filled));
            filled += part;
        }

        return joined;
    }
}
