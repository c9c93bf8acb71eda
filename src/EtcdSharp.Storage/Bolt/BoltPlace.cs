using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// Where a lookup in a bucket has ended, for the next one: keys that are sought one after the other often lie side by
/// side, and are then found without the way down from the root. Of one bucket of one read transaction, and only while
/// that is open.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct BoltPlace
{
    /// <summary>The page above the leaf; missing where the leaf is the root.</summary>
    public PageView Branch;

    /// <summary>Missing before the first lookup.</summary>
    public PageView Leaf;

    /// <summary>The key of the leaf that was found, or would follow the one sought.</summary>
    public int Index;
}
