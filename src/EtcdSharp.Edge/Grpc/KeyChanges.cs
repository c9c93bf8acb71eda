using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Edge.Grpc;

/// <summary>The keys that a branch of a transaction puts, and the ranges it deletes.</summary>
internal sealed class KeyChanges
{
    private readonly HashSet<byte[]> _puts = new(KeyComparer.Instance);
    private readonly HashSet<byte[]> _keeping = new(KeyComparer.Instance);
    private readonly List<(byte[] Key, byte[] RangeEnd)> _deletes = [];

    public void AddDelete(ReadOnlyMemory<byte> request)
    {
        if (RequestParsing.TryReadDelete(request.Span, out var delete))
        {
            _deletes.Add((delete.Key.ToArray(), delete.RangeEnd.ToArray()));
        }
    }

    public bool TryAddPut(ReadOnlyMemory<byte> request)
    {
        if (!RequestParsing.TryReadPut(request.Span, out var put))
        {
            return true;
        }

        var key = put.Key.ToArray();
        return (!(put.IgnoreValue || put.IgnoreLease) || TryAddKeeping(key)) && TryAdd(key);
    }

    /// <summary>Adds the changes of both branches of a nested transaction; false when they clash with what is here.</summary>
    public bool TryAddNested(KeyChanges success, KeyChanges failure)
    {
        foreach (var key in success._puts)
        {
            if (!TryAdd(key))
            {
                return false;
            }
        }

        foreach (var key in success._keeping.Concat(failure._keeping))
        {
            if (!TryAddKeeping(key))
            {
                return false;
            }
        }

        foreach (var key in failure._puts)
        {
            if (success._puts.Contains(key) ? IsDeleted(key) : !TryAdd(key))
            {
                return false;
            }
        }

        _deletes.AddRange(success._deletes);
        _deletes.AddRange(failure._deletes);
        return true;
    }

    /// <summary>
    /// A put that keeps the value or the lease of its key must find the key: after a deletion in the same transaction it
    /// could not be carried out, and etcd's members end there. Here the end of all counts as what it is.
    /// </summary>
    private bool TryAddKeeping(byte[] key)
    {
        _keeping.Add(key);
        return !_deletes.Exists(delete => delete.RangeEnd is [0] && delete.Key.AsSpan().SequenceCompareTo(key) <= 0);
    }

    private bool TryAdd(byte[] key) => !IsDeleted(key) && _puts.Add(key);

    private bool IsDeleted(byte[] key) => _deletes.Exists(delete => Covers(delete.Key, delete.RangeEnd, key));

    private static bool Covers(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, ReadOnlySpan<byte> key)
    {
        if (end.IsEmpty)
        {
            return start.SequenceEqual(key);
        }

        // As in etcd an end of one zero byte is taken literally here: deleting to the end of all clashes with no put.
        return start.SequenceCompareTo(key) <= 0 && key.SequenceCompareTo(end) < 0;
    }

    private sealed class KeyComparer : IEqualityComparer<byte[]>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj)
        {
            var hash = new HashCode();
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }
    }
}
