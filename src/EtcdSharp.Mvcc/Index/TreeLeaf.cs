namespace EtcdSharp.Mvcc.Index;

/// <summary>Records in key order. Never changed: an insert puts a new leaf in this one's place.</summary>
internal sealed class TreeLeaf(KeyRecord[] records) : TreeNode
{
    public const int RecordsMax = 64;

    public readonly KeyRecord[] Records = records;

    /// <summary>The place of the first record that is not less than the key.</summary>
    public static int LowerBound(KeyRecord[] records, ReadOnlySpan<byte> key)
    {
        var low = 0;
        var high = records.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (records[middle].Key.AsSpan().SequenceCompareTo(key) < 0)
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
}
