using System.Runtime.InteropServices;
using EtcdSharp.Mvcc.Index;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc;

/// <summary>Rebuilds the index from the key bucket, change by change.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct RestoreVisitor(KeyIndex index) : IKeyBucketVisitor
{
    private readonly KeyIndex _index = index;
    private readonly List<KeyRecord> _records = [];
    private readonly Dictionary<KeyRecord, long> _leases = [];

    private Revision _last;

    public long LastRevision => _last.Main;

    /// <exception cref="InvalidDataException">The key bucket is damaged.</exception>
    public bool Visit(Revision revision, bool tombstone, ReadOnlySpan<byte> value)
    {
        if (revision <= _last)
        {
            throw new InvalidDataException($"revision {revision.Main}_{revision.Sub} follows {_last.Main}_{_last.Sub}");
        }

        if ((ulong)revision.Sub > uint.MaxValue)
        {
            throw new InvalidDataException($"revision {revision.Main} has a change numbered {revision.Sub}");
        }

        var stored = StoredKeyValue.Parse(value);
        var version = tombstone
            ? KeyVersion.Tombstone(revision, 0, 0)
            : KeyVersion.Put(revision, stored.CreateRevision, stored.Version, value.Length);
        var record = _index.Restore(stored.Key, version, _records);
        _last = revision;
        if (!tombstone && stored.Lease != 0)
        {
            _leases[record] = stored.Lease;
        }
        else if (_leases.Count > 0)
        {
            _leases.Remove(record);
        }

        return true;
    }

    public readonly void Finish(ILeaseAttachments leases)
    {
        _index.FinishRestore(_records);
        foreach (var record in _records)
        {
            if (_leases.TryGetValue(record, out var lease))
            {
                record.HasLease = leases.Attach(lease, record.Key);
            }
        }
    }
}
