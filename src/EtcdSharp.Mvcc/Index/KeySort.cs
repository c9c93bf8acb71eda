using System.Buffers.Binary;

namespace EtcdSharp.Mvcc.Index;

/// <summary>
/// Sorts records by key, 7 bytes at a time as one number beside the record: an order of magnitude less waiting for
/// memory than comparing keys, and common prefixes are looked at once per 7 bytes instead of at every comparison.
/// </summary>
internal static class KeySort
{
    private const int Step = 7;
    private const int SmallRun = 24;

    /// <summary>Keys that agree on this many bytes are compared whole: the recursion stays at 64 levels, whatever clients choose as keys.</summary>
    private const int DepthMax = 64 * Step;

    public static void Sort(KeyRecord[] records) => SortFrom(records, new ulong[records.Length], 0);

    private static void SortFrom(Span<KeyRecord> records, Span<ulong> numbers, int depth)
    {
        if (records.Length <= SmallRun || depth >= DepthMax)
        {
            records.Sort(static (left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
            return;
        }

        for (var i = 0; i < records.Length; i++)
        {
            numbers[i] = Number(records[i].Key, depth);
        }

        numbers.Sort(records);
        var start = 0;
        for (var i = 1; i <= records.Length; i++)
        {
            if (i < records.Length && numbers[i] == numbers[start])
            {
                continue;
            }

            // A run of equal numbers with fewer than 7 bytes left is a run of equal keys, so of one.
            if (i - start > 1)
            {
                SortFrom(records[start..i], numbers[start..i], depth + Step);
            }

            start = i;
        }
    }

    /// <summary>Seven bytes from <paramref name="depth"/> on, and in the lowest byte how many there were: "a" sorts before "a\0".</summary>
    private static ulong Number(byte[] key, int depth)
    {
        var rest = key.AsSpan(Math.Min(depth, key.Length));
        if (rest.Length >= 8)
        {
            return (BinaryPrimitives.ReadUInt64BigEndian(rest) & ~0xFFUL) | Step;
        }

        var length = Math.Min(rest.Length, Step);
        ulong number = 0;
        for (var i = 0; i < length; i++)
        {
            number |= (ulong)rest[i] << (56 - (8 * i));
        }

        return number | (uint)length;
    }
}
