namespace EtcdSharp.Storage.Backend;

/// <summary>The order of keys in a bucket: byte by byte.</summary>
internal sealed class BytesComparer : IComparer<byte[]>
{
    public static readonly BytesComparer Instance = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
