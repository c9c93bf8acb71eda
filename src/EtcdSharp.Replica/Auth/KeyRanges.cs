using EtcdSharp.Api.Authpb;

namespace EtcdSharp.Replica.Auth;

/// <summary>A set of key ranges, merged and in order: the keys that a user may read, or write.</summary>
/// <remarks>An end that is empty lies behind every key. Ranges that touch are one, so that two roles together can permit what neither permits alone.</remarks>
internal sealed class KeyRanges
{
    public static readonly KeyRanges None = new([]);

    private readonly List<(byte[] Begin, byte[] End)> _ranges;

    private KeyRanges(List<(byte[] Begin, byte[] End)> ranges) => _ranges = ranges;

    public static KeyRanges Of(IEnumerable<Permission> permissions)
    {
        var merged = new List<(byte[] Begin, byte[] End)>();
        var ranges = permissions.Select(Bounds).Where(range => range.End.Length == 0 || Compare(range.Begin, range.End) < 0);
        foreach (var (begin, end) in ranges.OrderBy(range => range.Begin, BytewiseOrder.Instance))
        {
            if (merged.Count == 0 || !Reaches(merged[^1].End, begin))
            {
                merged.Add((begin, end));
            }
            else if (Reaches(end, merged[^1].End))
            {
                merged[^1] = (merged[^1].Begin, end);
            }
        }

        return merged.Count == 0 ? None : new KeyRanges(merged);
    }

    /// <summary>Whether all keys of a request are in the set; its end is empty for the one key, a zero byte for all keys from the first on.</summary>
    public bool Cover(ReadOnlySpan<byte> key, ReadOnlySpan<byte> rangeEnd)
    {
        var before = CountThatBegin(key);
        if (before == 0)
        {
            return false;
        }

        var (_, end) = _ranges[before - 1];
        if (end.Length == 0)
        {
            return true;
        }

        return Compare(key, end) < 0 && (rangeEnd.IsEmpty || (!IsOpen(rangeEnd) && Compare(rangeEnd, end) <= 0));
    }

    /// <summary>How many ranges begin at or before a key: they are the first ones.</summary>
    private int CountThatBegin(ReadOnlySpan<byte> key)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Compare(_ranges[middle].Begin, key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static (byte[] Begin, byte[] End) Bounds(Permission permission)
    {
        var begin = permission.Key.ToByteArray();
        return permission.RangeEnd.Length switch
        {
            0 => (begin, [.. begin, 0]),
            1 when permission.RangeEnd[0] == 0 => (begin, []),
            _ => (begin, permission.RangeEnd.ToByteArray()),
        };
    }

    private static bool IsOpen(ReadOnlySpan<byte> rangeEnd) => rangeEnd is [0];

    /// <summary>Whether a range with this end goes up to a place, an end like it, at least.</summary>
    private static bool Reaches(byte[] end, byte[] place) => end.Length == 0 || (place.Length != 0 && Compare(end, place) >= 0);

    private static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => left.SequenceCompareTo(right);
}
