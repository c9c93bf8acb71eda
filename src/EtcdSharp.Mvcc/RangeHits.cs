using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EtcdSharp.Mvcc.Index;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc;

/// <summary>
/// The keys that a range found, to be sorted before they are read. Values are not kept: they are looked at a few bytes
/// at a time, so that sorting 200 MB of values takes no more memory than sorting as many numbers.
/// </summary>
internal sealed class RangeHits : IDisposable
{
    /// <summary>Record 8, sort key 8, position 4, padding 4.</summary>
    public const int BytesPerHit = 24;

    /// <summary>More than this is not kept for the next read: 16,384 × 24 bytes = 384 KiB per thread.</summary>
    private const int KeptMax = 16384;

    /// <summary>Bytes of a value that one number holds, beside how many there were.</summary>
    private const int ValueStep = 7;

    /// <summary>Values that agree on this many bytes are compared whole: the recursion stays at 64 levels.</summary>
    private const int ValueDepthMax = 64 * ValueStep;

    [ThreadStatic]
    private static RangeHits? _kept;

    private readonly List<Hit> _hits = [];

    public int Count => _hits.Count;

    public KeyRecord this[int i] => _hits[i].Record;

    /// <summary>One per thread, kept.</summary>
    public static RangeHits Rent()
    {
        var hits = _kept ?? new RangeHits();
        _kept = null;
        return hits;
    }

    public void Add(KeyRecord record, in KeyVersion version, SortTarget target) =>
        _hits.Add(
            new Hit
            {
                Record = record,
                Position = _hits.Count,
                SortKey = target switch
                {
                    SortTarget.Version => version.Version,
                    SortTarget.Create => version.Create,
                    SortTarget.Mod => version.Mod,
                    _ => _hits.Count,
                },
            }
        );

    /// <summary>Equal ones stay in key order. The values are those at <paramref name="revision"/>.</summary>
    public void Sort(SortTarget target, bool descending, BackendReader reader, long revision)
    {
        var hits = CollectionsMarshal.AsSpan(_hits);
        if (target == SortTarget.Value)
        {
            SortByValue(hits, 0, descending, reader, revision);
        }
        else if (target != SortTarget.Key || descending)
        {
            SortByNumber(hits, descending);
        }
    }

    public void Dispose()
    {
        if (_hits.Capacity <= KeptMax)
        {
            _hits.Clear();
            _kept = this;
        }
    }

    private static void SortByNumber(Span<Hit> hits, bool descending) =>
        hits.Sort(
            descending
                ? static (left, right) =>
                    left.SortKey != right.SortKey
                        ? right.SortKey.CompareTo(left.SortKey)
                        : left.Position.CompareTo(right.Position)
                : static (left, right) =>
                    left.SortKey != right.SortKey
                        ? left.SortKey.CompareTo(right.SortKey)
                        : left.Position.CompareTo(right.Position)
        );

    /// <summary>By the bytes from <paramref name="depth"/> on; the bytes before are equal.</summary>
    private static void SortByValue(Span<Hit> hits, int depth, bool descending, BackendReader reader, long revision)
    {
        if (depth >= ValueDepthMax)
        {
            SortByWholeValue(hits, descending, reader, revision);
            return;
        }

        foreach (ref var hit in hits)
        {
            hit.SortKey = Number(ValueOf(hit.Record, reader, revision), depth);
        }

        SortByNumber(hits, descending);
        var start = 0;
        for (var i = 1; i <= hits.Length; i++)
        {
            if (i < hits.Length && hits[i].SortKey == hits[start].SortKey)
            {
                continue;
            }

            // Values that end within the number are equal when the numbers are.
            if (i - start > 1 && (hits[start].SortKey & 0xFF) == ValueStep)
            {
                SortByValue(hits[start..i], depth + ValueStep, descending, reader, revision);
            }

            start = i;
        }
    }

    private static void SortByWholeValue(Span<Hit> hits, bool descending, BackendReader reader, long revision) =>
        hits.Sort(
            (left, right) =>
            {
                var order = ValueOf(left.Record, reader, revision).SequenceCompareTo(ValueOf(right.Record, reader, revision));
                return order == 0 ? left.Position.CompareTo(right.Position)
                    : descending ? -order
                    : order;
            }
        );

    /// <summary>Seven bytes, and in the lowest byte how many there were: "a" sorts before "a\0". The sign bit is turned, as the bytes are unsigned.</summary>
    private static long Number(ReadOnlySpan<byte> value, int depth)
    {
        var rest = value[Math.Min(depth, value.Length)..];
        var length = Math.Min(rest.Length, ValueStep);
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        number.Clear();
        rest[..length].CopyTo(number);
        number[ValueStep] = (byte)length;
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(number) ^ (1UL << 63));
    }

    /// <summary>Empty where a compaction has overtaken the read: its caller finds that out and drops the result.</summary>
    private static ReadOnlySpan<byte> ValueOf(KeyRecord record, BackendReader reader, long revision) =>
        record.TryGetAt(revision, out var version) && reader.TryGetKey(version.Revision, out var encoded)
            ? StoredKeyValue.Parse(encoded).Value
            : default;

    [StructLayout(LayoutKind.Auto)]
    private struct Hit
    {
        public KeyRecord Record;
        public long SortKey;
        public int Position;
    }
}
