using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// One element of a page in memory. <see cref="Data"/> points to the key with the value right behind it, in the map
/// or in the transaction's arena; both outlive the transaction's last use of it. <see cref="Tag"/> is the child's
/// page id in a branch and the element's flags in a leaf.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NodeItem
{
    public byte* Data;
    public int KeyLength;
    public int ValueLength;
    public ulong Tag;

    public readonly ReadOnlySpan<byte> Key => new(Data, KeyLength);

    public readonly ReadOnlySpan<byte> Value => new(Data + KeyLength, ValueLength);

    public readonly bool IsBucket => (Tag & PageFormat.BucketElementFlag) != 0;

    public readonly long Bytes => PageFormat.ElementBytes + (long)KeyLength + ValueLength;
}
