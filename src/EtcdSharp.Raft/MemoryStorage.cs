using EtcdSharp.Raft.Log;

namespace EtcdSharp.Raft;

/// <summary>
/// An <see cref="IRaftStorage"/> in memory: the log of a test, or the readable tail of a log whose durable form lies
/// elsewhere. Any thread may call it; entries are handed out as windows, which never change.
/// </summary>
public sealed class MemoryStorage : IRaftStorage
{
    private const int ArrayLengthMin = 16;

    private readonly Lock _gate = new();
    private HardState _hardState;
    private Snapshot _snapshot = Snapshot.Empty;

    /// <summary>The entries are _array[_start.._start+_count], the first with index _compacted.Index + 1.</summary>
    private Entry[] _array = [];
    private int _start;
    private int _count;
    private EntryId _compacted;

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
                return _compacted.Index + (ulong)_count;
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

            if (index > _compacted.Index + (ulong)_count)
            {
                return StorageRead.Unavailable;
            }

            term = index == _compacted.Index ? _compacted.Term : _array[Slot(index)].Term;
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

            if (high > _compacted.Index + (ulong)_count + 1)
            {
                return StorageRead.Unavailable;
            }

            entries = EntrySizes.Limit(new ReadOnlyMemory<Entry>(_array, Slot(low), (int)(high - low)), maxBytes);
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

            var kept = entries[0].Index - _compacted.Index - 1;
            if (kept > (ulong)_count)
            {
                throw new RaftInvariantException(
                    $"missing log entry [last: {_compacted.Index + (ulong)_count}, append at: {entries[0].Index}]"
                );
            }

            // Windows on the replaced tail may be out: it must not be overwritten.
            var replaces = kept < (ulong)_count;
            _count = (int)kept;
            if (replaces || _start + _count + entries.Length > _array.Length)
            {
                MoveToNewArray(_count + entries.Length);
            }

            entries.CopyTo(_array.AsSpan(_start + _count));
            _count += entries.Length;
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
            _array = [];
            _start = 0;
            _count = 0;
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

            var dropped = index - _compacted.Index;
            if (dropped > (ulong)_count)
            {
                throw new RaftInvariantException($"compact {index} is out of bounds of the log");
            }

            _compacted = new EntryId(_array[Slot(index)].Term, index);
            _start += (int)dropped;
            _count -= (int)dropped;

            // The dropped entries' data must become garbage, so what is kept moves.
            MoveToNewArray(_count);
            return true;
        }
    }

    private int Slot(ulong index) => _start + (int)(index - _compacted.Index - 1);

    private void MoveToNewArray(int needed)
    {
        var array = new Entry[Math.Max(ArrayLengthMin, needed + needed / 2)];
        Array.Copy(_array, _start, array, 0, _count);
        _array = array;
        _start = 0;
    }
}
