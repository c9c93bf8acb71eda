using EtcdSharp.Raft.Logging;

namespace EtcdSharp.Raft.Log;

/// <summary>
/// The end of the log that storage has not acknowledged, and a snapshot on its way there. A part of it may be in progress:
/// handed to storage, not yet acknowledged. Entries once handed out are never overwritten: what replaces them goes into
/// a new array, so that windows on the old one stay valid on whatever thread they are.
/// </summary>
internal sealed class UnstableLog(ulong offset, RaftLogger logger)
{
    private const int ArrayLengthMin = 16;

    /// <summary>1024 entries of 40 bytes: 40 KB, well below the large object heap's 85 KB. Longer only when as many are unstable.</summary>
    private const int ArrayLengthMax = 1024;

    /// <summary>
    /// An array keeps the data of its acknowledged entries alive until it is full. It is given up earlier, once all is
    /// acknowledged, when it holds more than this.
    /// </summary>
    private const long HeldDataBytesMax = 1 << 20;

    private Entry[] _array = [];
    private int _start;
    private int _count;
    private long _heldDataBytes;

    /// <summary>The index of the first unstable entry, or of the next to come.</summary>
    public ulong Offset { get; private set; } = offset;

    /// <summary>Entries before this index are in progress.</summary>
    public ulong OffsetInProgress { get; private set; } = offset;

    public Snapshot? Snapshot { get; private set; }

    public bool IsSnapshotInProgress { get; private set; }

    public int Count => _count;

    public ReadOnlyMemory<Entry> NextEntries
    {
        get
        {
            var inProgress = (int)(OffsetInProgress - Offset);
            return new ReadOnlyMemory<Entry>(_array, _start + inProgress, _count - inProgress);
        }
    }

    public Snapshot? NextSnapshot => IsSnapshotInProgress ? null : Snapshot;

    public bool TryGetFirstIndex(out ulong index)
    {
        index = Snapshot is null ? 0 : Snapshot.Metadata.Index + 1;
        return Snapshot is not null;
    }

    public bool TryGetLastIndex(out ulong index)
    {
        if (_count > 0)
        {
            index = Offset + (ulong)_count - 1;
            return true;
        }

        index = Snapshot is null ? 0 : Snapshot.Metadata.Index;
        return Snapshot is not null;
    }

    public bool TryGetTerm(ulong index, out ulong term)
    {
        term = 0;
        if (index < Offset)
        {
            if (Snapshot is null || Snapshot.Metadata.Index != index)
            {
                return false;
            }

            term = Snapshot.Metadata.Term;
            return true;
        }

        if (index - Offset >= (ulong)_count)
        {
            return false;
        }

        term = _array[_start + (int)(index - Offset)].Term;
        return true;
    }

    /// <summary>The entries in [low, high), all of them unstable.</summary>
    public ReadOnlyMemory<Entry> Slice(ulong low, ulong high)
    {
        if (low > high || low < Offset || high > Offset + (ulong)_count)
        {
            throw new RaftInvariantException(
                $"unstable entries [{low},{high}) are out of bounds [{Offset},{Offset + (ulong)_count}]"
            );
        }

        return new ReadOnlyMemory<Entry>(_array, _start + (int)(low - Offset), (int)(high - low));
    }

    /// <summary>Everything there is has been handed to storage.</summary>
    public void AcceptInProgress()
    {
        OffsetInProgress = Offset + (ulong)_count;
        IsSnapshotInProgress = Snapshot is not null;
    }

    /// <summary>
    /// Storage has the entries up to this one. One of another term was overwritten meanwhile: then the acknowledgement is
    /// about an entry that is gone, and nothing may be dropped.
    /// </summary>
    public void StableTo(EntryId id)
    {
        if (!TryGetTerm(id.Index, out var term))
        {
            logger.Info($"entry at index {id.Index} missing from unstable log; ignoring");
            return;
        }

        if (id.Index < Offset)
        {
            logger.Info($"entry at index {id.Index} matched unstable snapshot; ignoring");
            return;
        }

        if (term != id.Term)
        {
            logger.Info(
                $"entry at (index,term)=({id.Index},{id.Term}) mismatched with entry at ({id.Index},{term}) in unstable log; ignoring"
            );
            return;
        }

        var stable = (int)(id.Index + 1 - Offset);
        _start += stable;
        _count -= stable;
        Offset = id.Index + 1;
        OffsetInProgress = Math.Max(OffsetInProgress, Offset);
        if (_count == 0 && _heldDataBytes > HeldDataBytesMax)
        {
            UseNewArray([], 0);
        }
    }

    public void StableSnapshotTo(ulong index)
    {
        if (Snapshot is not null && Snapshot.Metadata.Index == index)
        {
            Snapshot = null;
            IsSnapshotInProgress = false;
        }
    }

    public void Restore(Snapshot snapshot)
    {
        UseNewArray([], 0);
        Offset = snapshot.Metadata.Index + 1;
        OffsetInProgress = Offset;
        Snapshot = snapshot;
        IsSnapshotInProgress = false;
    }

    /// <summary>Appends one entry at the end, as a leader does with its own.</summary>
    public void AppendNext(in Entry entry)
    {
        MakeRoom(1);
        _array[_start + _count++] = entry;
        _heldDataBytes += entry.Data.Length;
    }

    /// <summary>Appends entries, dropping from here on what they replace (Raft paper, figure 2, AppendEntries step 3).</summary>
    public void TruncateAndAppend(ReadOnlySpan<Entry> entries)
    {
        var first = entries[0].Index;
        var end = Offset + (ulong)_count;
        if (first <= Offset && first != end)
        {
            logger.Info($"replace the unstable entries from index {first}");
            UseNewArray(new Entry[entries.Length], 0);
            Offset = first;
            OffsetInProgress = first;
        }
        else if (first != end)
        {
            logger.Info($"truncate the unstable entries before index {first}");
            var kept = Slice(Offset, first);
            var array = new Entry[kept.Length + entries.Length];
            kept.Span.CopyTo(array);
            UseNewArray(array, kept.Length);
            OffsetInProgress = Math.Min(OffsetInProgress, first);
        }

        MakeRoom(entries.Length);
        entries.CopyTo(_array.AsSpan(_start + _count));
        _count += entries.Length;
        _heldDataBytes += (long)EntrySizes.Payload(entries);
    }

    /// <summary>Makes room for entries to come, so that a batch grows the array once.</summary>
    public void MakeRoom(int more)
    {
        if (_start + _count + more <= _array.Length)
        {
            return;
        }

        var needed = _count + more;
        var array = new Entry[Math.Max(needed + needed / 2, Math.Clamp(2 * needed, ArrayLengthMin, ArrayLengthMax))];
        Array.Copy(_array, _start, array, 0, _count);
        UseNewArray(array, _count);
    }

    private void UseNewArray(Entry[] array, int count)
    {
        _array = array;
        _start = 0;
        _count = count;
        _heldDataBytes = (long)EntrySizes.Payload(array.AsSpan(0, count));
    }
}
