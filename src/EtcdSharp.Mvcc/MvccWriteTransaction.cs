using EtcdSharp.Mvcc.Index;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc;

/// <summary>
/// The changes of one applied request, all at one new revision. Reads inside see the changes made so far. Nothing
/// here can be undone: check first, then write.
/// </summary>
internal sealed class MvccWriteTransaction : IMvccReader
{
    /// <summary>Room for more found keys is given back: 16,384 × 40 bytes are 640 KiB.</summary>
    private const int KeptFoundMax = 16 * 1024;

    private readonly MvccStore _store;
    private readonly KeyIndex _index;
    private readonly MvccEvents _events = new();
    private readonly List<(KeyRecord Record, KeyVersion Version)> _found = [];
    private long _beginRevision;
    private bool _open;
    private int _puts;
    private int _deletes;
    private int _ranges;
    private long _putBytes;

    internal MvccWriteTransaction(MvccStore store, KeyIndex index)
    {
        _store = store;
        _index = index;
    }

    /// <summary>The revision that reads see: the one it began at, or the new one once something has changed. Also what the response header carries.</summary>
    public long Revision => HasChanges ? _beginRevision + 1 : _beginRevision;

    /// <summary>The revision that it began at.</summary>
    public long BeginRevision => _beginRevision;

    public long CompactedRevision => _store.CompactedRevision;

    public bool HasChanges => _events.Count > 0;

    public MvccStatus Range(in RangeQuery query, RangeResult result)
    {
        ThrowUnlessOpen();
        _ranges++;
        using var reader = _store.Backend.BeginRead();
        return _store.ReadAt(reader, Revision, query, result);
    }

    public void Visit<TVisitor>(ReadOnlySpan<byte> key, ReadOnlySpan<byte> rangeEnd, bool withValues, ref TVisitor visitor)
        where TVisitor : struct, IKeyVisitor, allows ref struct
    {
        ThrowUnlessOpen();
        _ranges++;
        using var reader = _store.Backend.BeginRead();
        _store.VisitAt(reader, Revision, key, rangeEnd, withValues, ref visitor);
    }

    public bool TryGetVersion(ReadOnlySpan<byte> key, out KeyVersion version) => _index.TryGet(key, Revision, out version);

    /// <summary>Puts a key; fills <paramref name="previous"/>, when given, with the key-value it replaces. KeyNotFound (nothing changed) when an ignored value or lease has no predecessor.</summary>
    public MvccStatus Put(in PutCommand command, RangeResult? previous = null)
    {
        ThrowUnlessOpen();
        previous?.Clear();
        if (!command.IgnoreValue && !command.IgnoreLease && previous is null)
        {
            Put(command.Key, command.Value, command.Lease);
            return MvccStatus.Ok;
        }

        using var reader = _store.Backend.BeginRead();
        if (!_index.TryGet(command.Key, Revision, out var version))
        {
            if (command.IgnoreValue || command.IgnoreLease)
            {
                return MvccStatus.KeyNotFound;
            }

            Put(command.Key, command.Value, command.Lease);
            return MvccStatus.Ok;
        }

        var encoded = MvccStore.ReadKey(reader, version.Revision);
        var stored = StoredKeyValue.Parse(encoded);
        if (previous is not null)
        {
            AppendPrevious(previous, reader, version);
            previous.IsBeyond(copiedBytesMax: 0);
            previous.Count = 1;
            previous.Revision = _beginRevision + 1;
        }

        Put(command.Key, command.IgnoreValue ? stored.Value : command.Value, command.IgnoreLease ? stored.Lease : command.Lease);
        return MvccStatus.Ok;
    }

    /// <summary>Deletes a key or a range (range end as on the wire); returns how many; fills <paramref name="previous"/>, when given, with what was there.</summary>
    public long DeleteRange(ReadOnlySpan<byte> key, ReadOnlySpan<byte> rangeEnd, RangeResult? previous = null)
    {
        ThrowUnlessOpen();
        previous?.Clear();
        _deletes++;
        FindLive(new KeyRange(key, rangeEnd));
        if (previous is not null)
        {
            using var reader = _store.Backend.BeginRead();
            foreach (var (_, version) in _found)
            {
                AppendPrevious(previous, reader, version);
                if (previous.IsBeyond(copiedBytesMax: 0))
                {
                    break;
                }
            }

            previous.Count = _found.Count;
        }

        foreach (var (record, _) in _found)
        {
            Delete(record);
        }

        var count = _found.Count;
        _found.Clear();
        if (_found.Capacity > KeptFoundMax)
        {
            _found.Capacity = 0;
        }

        return count;
    }

    /// <summary>Hands the events to the watchers, then makes the new revision readable. Without changes the revision stays.</summary>
    public void End()
    {
        ThrowUnlessOpen();
        if (HasChanges)
        {
            _store.Watchers.Notify(_events);
            _store.Publish(_beginRevision + 1);
        }

        _open = false;
        _events.Clear();
        Count();
        _store.Backend.ExitWrite();
    }

    internal void Begin(long revision)
    {
        if (_open)
        {
            throw new InvalidOperationException("a write transaction is open already");
        }

        _store.Backend.EnterWrite();
        _open = true;
        _beginRevision = revision;
        if (_store.PublishTooEarly)
        {
            _store.Publish(revision + 1);
        }
    }

    private void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long lease)
    {
        var revision = new Revision(_beginRevision + 1, _events.Count);
        var record = _index.Put(key, revision, value.Length, lease, out var version);
        var size = version.EncodedLength;
        var encoded = _store.Backend.ReserveKey(size, out var data, out var start);
        KeyValueFields.Write(encoded, key, version.Create, revision.Main, version.Version, value, lease);
        _store.Backend.AddKey(revision, tombstone: false, data, start, size);
        var keyStart = start + ProtoWriter.SizeOfBytesField(KeyValueFields.Key, key.Length) - key.Length;
        _events.AddPut(revision.Main, data, start, size, keyStart, key.Length);
        _puts++;
        _putBytes += key.Length + value.Length;
        if (record.HasLease || lease != 0)
        {
            MoveLease(record, lease);
        }
    }

    private static void AppendPrevious(RangeResult previous, BackendReader reader, in KeyVersion version)
    {
        if (previous.RefersTo(version.EncodedLength))
        {
            previous.AppendReference(version.Revision, version.EncodedLength);
        }
        else
        {
            previous.Append(MvccStore.ReadKey(reader, version.Revision));
        }
    }

    private void MoveLease(KeyRecord record, long lease)
    {
        var old = record.HasLease ? _store.Leases.LeaseOf(record.Key) : 0;
        record.HasLease = lease != 0;
        if (old == lease)
        {
            return;
        }

        if (old != 0)
        {
            _store.Leases.Detach(old, record.Key);
        }

        if (lease != 0 && !_store.Leases.Attach(lease, record.Key))
        {
            throw new InvalidOperationException($"a key is put with the lease {lease:x}, which does not exist");
        }
    }

    private void FindLive(KeyRange range)
    {
        var revision = Revision;
        if (range.IsOneKey)
        {
            if (_index.Find(range.Key) is { } only && only.TryGetAt(revision, out var version))
            {
                _found.Add((only, version));
            }

            return;
        }

        var scan = _index.Scan(range.Key, range.End, range.HasEnd);
        while (scan.TryNext(out var record))
        {
            if (record.TryGetAt(revision, out var version))
            {
                _found.Add((record, version));
            }
        }
    }

    private void Delete(KeyRecord record)
    {
        var revision = new Revision(_beginRevision + 1, _events.Count);
        var size = KeyValueFields.SizeOf(record.Key.Length, 0, 0, 0, 0, 0);
        var encoded = _store.Backend.ReserveKey(size, out var data, out var start);
        KeyValueFields.Write(encoded, record.Key, 0, 0, 0, [], 0);
        _store.Backend.AddKey(revision, tombstone: true, data, start, size);
        var hadLease = record.HasLease;
        _index.Delete(record, revision);
        _events.AddDelete(revision.Main, record.Key);
        if (hadLease && _store.Leases.LeaseOf(record.Key) is var lease && lease != 0)
        {
            _store.Leases.Detach(lease, record.Key);
        }
    }

    private void Count()
    {
        if (_puts + _deletes + _ranges > 1)
        {
            _store.Metrics.Transactions.Add(1);
        }

        _store.Metrics.Puts.Add(_puts);
        _store.Metrics.Deletes.Add(_deletes);
        _store.Metrics.Ranges.Add(_ranges);
        _store.Metrics.PutBytes.Add(_putBytes);
        (_puts, _deletes, _ranges, _putBytes) = (0, 0, 0, 0);
    }

    private void ThrowUnlessOpen()
    {
        if (!_open)
        {
            throw new InvalidOperationException("the write transaction is not open");
        }
    }
}
