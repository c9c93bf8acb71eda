using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc.Index;

/// <summary>
/// Which versions of which keys the key bucket has. Reads run on any thread without locks; the apply thread and the
/// compaction write, one at a time under a lock that no reader knows and that each holds for microseconds.
/// </summary>
internal sealed class KeyIndex(ulong hashSeed)
{
    private readonly Lock _writing = new();
    private readonly KeyTable _table = new();
    private readonly KeyTree _tree = new();
    private long _liveKeys;

    /// <summary>Keys that exist at the newest revision.</summary>
    public long LiveKeys => Volatile.Read(ref _liveKeys);

    public KeyRecord? Find(ReadOnlySpan<byte> key) => _table.Find(key, KeyHash.Of(key, hashSeed));

    public bool TryGet(ReadOnlySpan<byte> key, long revision, out KeyVersion version)
    {
        if (Find(key) is { } record)
        {
            return record.TryGetAt(revision, out version);
        }

        version = default;
        return false;
    }

    /// <summary>The records of a range; those without a version at the reader's revision are the caller's to leave out.</summary>
    public TreeScan Scan(ReadOnlySpan<byte> key, ReadOnlySpan<byte> end, bool hasEnd) => new(_tree, key, end, hasEnd);

    public long Count(ReadOnlySpan<byte> key, ReadOnlySpan<byte> end, bool hasEnd, long revision)
    {
        var scan = Scan(key, end, hasEnd);
        var count = 0L;
        while (scan.TryNext(out var record))
        {
            if (record.TryGetAt(revision, out _))
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>Whether any key exists at a revision.</summary>
    public bool AnyAt(long revision)
    {
        var scan = Scan([], [], hasEnd: false);
        while (scan.TryNext(out var record))
        {
            if (record.TryGetAt(revision, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether any version is as old as a revision.</summary>
    public bool AnyVersionUpTo(long revision)
    {
        var scan = Scan([], [], hasEnd: false);
        while (scan.TryNext(out var record))
        {
            if (record.OldestMod <= revision)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a put of a value of <paramref name="valueLength"/> bytes; returns the record and the version it made.</summary>
    public KeyRecord Put(ReadOnlySpan<byte> key, Revision revision, int valueLength, long lease, out KeyVersion version)
    {
        var hash = KeyHash.Of(key, hashSeed);
        lock (_writing)
        {
            var record = _table.Find(key, hash);
            if (record is null)
            {
                version = NewVersion(key.Length, revision, revision.Main, 1, valueLength, lease);
                record = new KeyRecord(key.ToArray(), hash);
                record.Append(version);
                _table.Add(record);
                _tree.Insert(record);
                _liveKeys++;
                return record;
            }

            ref readonly var newest = ref record.Newest;
            if (newest.IsTombstone)
            {
                version = NewVersion(key.Length, revision, revision.Main, 1, valueLength, lease);
                _liveKeys++;
            }
            else
            {
                version = NewVersion(key.Length, revision, newest.Create, newest.Version + 1, valueLength, lease);
            }

            record.Append(version);
            return record;
        }
    }

    /// <summary>Ends the life of a key that exists.</summary>
    public void Delete(KeyRecord record, Revision revision)
    {
        lock (_writing)
        {
            ref readonly var newest = ref record.Newest;
            if (newest.IsTombstone)
            {
                throw new InvalidOperationException("a key that does not exist is deleted");
            }

            record.Append(KeyVersion.Tombstone(revision, newest.Create, newest.Version + 1));
            record.HasLease = false;
            _liveKeys--;
        }
    }

    /// <summary>Drops what no read at <paramref name="revision"/> or later can see, leaf by leaf, beside the writes.</summary>
    public void Compact(long revision)
    {
        byte[]? from = [];
        while (from is not null)
        {
            lock (_writing)
            {
                from = CompactLeaf(from, revision);
            }
        }
    }

    /// <summary>Takes one change of the key bucket at restore, in revision order; the tree is built by <see cref="FinishRestore"/>.</summary>
    public KeyRecord Restore(ReadOnlySpan<byte> key, in KeyVersion version, List<KeyRecord> records)
    {
        var hash = KeyHash.Of(key, hashSeed);
        var record = _table.Find(key, hash);
        if (record is null)
        {
            record = new KeyRecord(key.ToArray(), hash);
            _table.Add(record);
            records.Add(record);
        }
        else if (!record.Newest.IsTombstone)
        {
            _liveKeys--;
        }

        if (!version.IsTombstone)
        {
            _liveKeys++;
        }

        record.Append(version);
        return record;
    }

    public void FinishRestore(List<KeyRecord> records)
    {
        var sorted = records.ToArray();
        KeySort.Sort(sorted);
        _tree.Fill(sorted);
    }

    private static KeyVersion NewVersion(
        int keyLength,
        Revision revision,
        long create,
        long version,
        int valueLength,
        long lease
    ) =>
        KeyVersion.Put(
            revision,
            create,
            version,
            KeyValueFields.SizeOf(keyLength, create, revision.Main, version, valueLength, lease)
        );

    private byte[]? CompactLeaf(byte[] from, long revision)
    {
        var path = new TreePath();
        var records = _tree.Descend(from, ref path).Records;
        var next = path.UpperBound();
        List<KeyRecord>? kept = null;
        for (var i = 0; i < records.Length; i++)
        {
            if (records[i].Compact(revision))
            {
                kept?.Add(records[i]);
                continue;
            }

            kept ??= [.. records.AsSpan(0, i)];
            _table.Remove(records[i]);
        }

        if (kept is not null)
        {
            _tree.Shrink(ref path, [.. kept]);
        }

        return next;
    }
}
