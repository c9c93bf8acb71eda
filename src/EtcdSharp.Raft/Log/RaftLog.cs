using EtcdSharp.Raft.Logging;

namespace EtcdSharp.Raft.Log;

/// <summary>
/// The log as raft sees it: what storage has, continued by what it has not yet. Invariant: applied ≤ applying ≤ committed ≤
/// last index.
/// </summary>
internal sealed partial class RaftLog
{
    private readonly IRaftStorage _storage;
    private readonly RaftLogger _logger;

    public RaftLog(IRaftStorage storage, RaftLogger logger, ulong maxApplyingBytes)
    {
        _storage = storage;
        _logger = logger;
        _maxApplyingBytes = maxApplyingBytes;
        Unstable = new UnstableLog(storage.LastIndex + 1, logger);
        Committed = storage.FirstIndex - 1;
        Applying = Committed;
        Applied = Committed;
    }

    public UnstableLog Unstable { get; }

    public ulong Committed { get; private set; }

    public ulong FirstIndex => Unstable.TryGetFirstIndex(out var index) ? index : _storage.FirstIndex;

    public ulong LastIndex => Unstable.TryGetLastIndex(out var index) ? index : _storage.LastIndex;

    public EntryId LastEntryId
    {
        get
        {
            var index = LastIndex;
            return TryGetTerm(index, out var term) == StorageRead.Ok
                ? new EntryId(term, index)
                : throw new RaftInvariantException($"the term of the last entry, at {index}, cannot be read");
        }
    }

    public StorageRead TryGetTerm(ulong index, out ulong term)
    {
        if (Unstable.TryGetTerm(index, out term))
        {
            return StorageRead.Ok;
        }

        // The index just before the first has a known term: the append that begins with the first entry names it.
        if (index + 1 < FirstIndex)
        {
            return StorageRead.Compacted;
        }

        return index > LastIndex ? StorageRead.Unavailable : _storage.TryGetTerm(index, out term);
    }

    /// <summary>The term at the index, or zero, which no entry has, where none can be read.</summary>
    public ulong TermOrZero(ulong index) => TryGetTerm(index, out var term) == StorageRead.Ok ? term : 0;

    public bool Matches(EntryId id) => TryGetTerm(id.Index, out var term) == StorageRead.Ok && term == id.Term;

    /// <summary>Whether a candidate with this last entry may be voted for (Raft paper, section 5.4.1).</summary>
    public bool IsUpToDate(EntryId theirs)
    {
        var ours = LastEntryId;
        return theirs.Term > ours.Term || (theirs.Term == ours.Term && theirs.Index >= ours.Index);
    }

    /// <summary>
    /// Appends a leader's entries after <paramref name="previous"/> and commits as far as they reach; false when the log has
    /// no such entry.
    /// </summary>
    public bool TryAppend(EntryId previous, ReadOnlySpan<Entry> entries, ulong leaderCommit, out ulong lastNewIndex)
    {
        lastNewIndex = previous.Index + (ulong)entries.Length;
        if (!Matches(previous))
        {
            return false;
        }

        var conflict = FindConflict(entries);
        if (conflict < entries.Length)
        {
            if (entries[conflict].Index <= Committed)
            {
                throw new RaftInvariantException(
                    $"entry {entries[conflict].Index} conflicts with a committed entry [committed({Committed})]"
                );
            }

            Append(entries[conflict..]);
        }

        CommitTo(Math.Min(leaderCommit, lastNewIndex));
        return true;
    }

    public void Append(ReadOnlySpan<Entry> entries)
    {
        if (entries.IsEmpty)
        {
            return;
        }

        CheckAppendAfter(entries[0].Index - 1);
        Unstable.TruncateAndAppend(entries);
    }

    /// <summary>Appends one entry whose index is the next.</summary>
    public void AppendNext(in Entry entry)
    {
        CheckAppendAfter(entry.Index - 1);
        Unstable.AppendNext(entry);
    }

    /// <summary>
    /// The highest index at or below the given one whose term is at most the given one: where the logs may agree, skipping
    /// a whole term at once (Raft paper, end of section 5.3). Its term is zero when it cannot be read.
    /// </summary>
    public EntryId FindConflictByTerm(ulong index, ulong term)
    {
        for (; index > 0; index--)
        {
            if (TryGetTerm(index, out var ours) != StorageRead.Ok)
            {
                return new EntryId(0, index);
            }

            if (ours <= term)
            {
                return new EntryId(ours, index);
            }
        }

        return default;
    }

    /// <summary>Commits up to an entry that a quorum has, if it is of this term (Raft paper, section 5.4.2).</summary>
    public bool TryCommit(EntryId at)
    {
        if (at.Term == 0 || at.Index <= Committed || !Matches(at))
        {
            return false;
        }

        CommitTo(at.Index);
        return true;
    }

    public void CommitTo(ulong index)
    {
        if (index <= Committed)
        {
            return;
        }

        if (LastIndex < index)
        {
            throw new RaftInvariantException(
                $"tocommit({index}) is out of range [lastIndex({LastIndex})]: the log was corrupted, truncated, or lost"
            );
        }

        Committed = index;
    }

    public StorageRead TryGetSnapshot(out Snapshot snapshot)
    {
        if (Unstable.Snapshot is null)
        {
            return _storage.TryGetSnapshot(out snapshot);
        }

        snapshot = Unstable.Snapshot;
        return StorageRead.Ok;
    }

    public void Restore(Snapshot snapshot)
    {
        _logger.Info(
            $"log [{this}] starts to restore snapshot [index: {snapshot.Metadata.Index}, term: {snapshot.Metadata.Term}]"
        );
        Committed = snapshot.Metadata.Index;
        Unstable.Restore(snapshot);
    }

    /// <summary>The entries from the index to the end, cut by their encoded size, at least one if there is any.</summary>
    public StorageRead TryGetEntries(ulong from, ulong maxBytes, out ReadOnlyMemory<Entry> entries)
    {
        entries = default;
        var last = LastIndex;
        return from > last ? StorageRead.Ok : TrySlice(from, last + 1, maxBytes, out entries);
    }

    /// <summary>The entries in [low, high), cut by their encoded size. Windows, except where storage and unstable log meet.</summary>
    public StorageRead TrySlice(ulong low, ulong high, ulong maxBytes, out ReadOnlyMemory<Entry> entries)
    {
        entries = default;
        if (low > high || high > LastIndex + 1)
        {
            throw new RaftInvariantException($"entries [{low},{high}) are out of bounds [{FirstIndex},{LastIndex}]");
        }

        if (low < FirstIndex)
        {
            return StorageRead.Compacted;
        }

        if (low == high)
        {
            return StorageRead.Ok;
        }

        if (low >= Unstable.Offset)
        {
            entries = EntrySizes.Limit(Unstable.Slice(low, high), maxBytes);
            return StorageRead.Ok;
        }

        var cut = Math.Min(high, Unstable.Offset);
        var read = _storage.TryGetEntries(low, cut, maxBytes, out entries);
        return read switch
        {
            StorageRead.Ok => Continue(high, cut - low, maxBytes, ref entries),
            StorageRead.Compacted => read,
            _ => throw new RaftInvariantException($"entries [{low},{cut}) are unavailable from storage"),
        };
    }

    public override string ToString() =>
        $"committed={Committed}, applied={Applied}, applying={Applying}, unstable.offset={Unstable.Offset}, "
        + $"unstable.offsetInProgress={Unstable.OffsetInProgress}, len(unstable.Entries)={Unstable.Count}";

    private StorageRead Continue(ulong high, ulong stableCount, ulong maxBytes, ref ReadOnlyMemory<Entry> entries)
    {
        if (high <= Unstable.Offset || (ulong)entries.Length < stableCount)
        {
            return StorageRead.Ok;
        }

        var size = EntrySizes.Encoded(entries.Span);
        if (size >= maxBytes)
        {
            return StorageRead.Ok;
        }

        var more = EntrySizes.Limit(Unstable.Slice(Unstable.Offset, high), maxBytes - size);
        if (more.Length == 1 && size + EntrySizes.Encoded(more.Span) > maxBytes)
        {
            return StorageRead.Ok;
        }

        var joined = new Entry[entries.Length + more.Length];
        entries.Span.CopyTo(joined);
        more.Span.CopyTo(joined.AsSpan(entries.Length));
        entries = joined;
        return StorageRead.Ok;
    }

    /// <summary>The position of the first entry that the log has not, or has with another term; the length when it has all.</summary>
    private int FindConflict(ReadOnlySpan<Entry> entries)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (Matches(EntryId.Of(entries[i])))
            {
                continue;
            }

            var index = entries[i].Index;
            if (index <= LastIndex)
            {
                _logger.Info(
                    $"found conflict at index {index} [existing term: {TermOrZero(index)}, conflicting term: {entries[i].Term}]"
                );
            }

            return i;
        }

        return entries.Length;
    }

    private void CheckAppendAfter(ulong after)
    {
        if (after < Committed)
        {
            throw new RaftInvariantException($"an append after {after} would replace committed entries [committed({Committed})]");
        }
    }
}
