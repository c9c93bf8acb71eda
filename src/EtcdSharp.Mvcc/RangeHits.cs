using System.Runtime.InteropServices;
using EtcdSharp.Mvcc.Index;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc;

/// <summary>What a range found, to be sorted before it is read. One per thread, kept.</summary>
internal sealed class RangeHits : IDisposable
{
    /// <summary>More than this is not kept for the next read: 8,192 × 56 bytes = 448 KiB per thread.</summary>
    private const int KeptMax = 8192;

    [ThreadStatic]
    private static RangeHits? _kept;

    private readonly List<Hit> _hits = [];
    private byte[][] _values = [];

    public int Count => _hits.Count;

    public ref readonly Hit this[int i] => ref CollectionsMarshal.AsSpan(_hits)[i];

    public static RangeHits Rent()
    {
        var hits = _kept ?? new RangeHits();
        _kept = null;
        return hits;
    }

    public void Add(KeyRecord record, in KeyVersion version) => _hits.Add(new Hit(record, version, _hits.Count));

    /// <summary>Reads the values to sort by.</summary>
    public void LoadValues(BackendReader reader)
    {
        _values = new byte[_hits.Count][];
        for (var i = 0; i < _values.Length; i++)
        {
            if (!reader.TryGetKey(_hits[i].Version.Revision, out var encoded))
            {
                throw new InvalidOperationException(
                    $"the key bucket has lost revision {_hits[i].Version.Revision}, which the index has"
                );
            }

            _values[i] = StoredKeyValue.Parse(encoded).Value.ToArray();
        }
    }

    /// <summary>Equal ones stay in key order.</summary>
    public void Sort(SortTarget target, bool descending)
    {
        Comparison<Hit> ascending = target switch
        {
            SortTarget.Key => static (left, right) => left.Position.CompareTo(right.Position),
            SortTarget.Version => static (left, right) => left.Version.Version.CompareTo(right.Version.Version),
            SortTarget.Create => static (left, right) => left.Version.Create.CompareTo(right.Version.Create),
            SortTarget.Mod => static (left, right) => left.Version.Mod.CompareTo(right.Version.Mod),
            SortTarget.Value => (left, right) => _values[left.Position].AsSpan().SequenceCompareTo(_values[right.Position]),
            _ => throw new ArgumentOutOfRangeException(nameof(target), target, "the edge refuses sort targets that do not exist"),
        };
        var sign = descending ? -1 : 1;
        _hits.Sort(
            (left, right) =>
            {
                var order = sign * ascending(left, right);
                return order != 0 ? order : left.Position.CompareTo(right.Position);
            }
        );
    }

    public void Dispose()
    {
        _values = [];
        if (_hits.Capacity <= KeptMax)
        {
            _hits.Clear();
            _kept = this;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Hit(KeyRecord Record, KeyVersion Version, int Position);
}
