namespace EtcdSharp.Mvcc.Watch;

/// <summary>Keys as bytes: hashed and compared by content, ordered as the store orders them, looked up by span.</summary>
internal sealed class ByteKeyComparer
    : IEqualityComparer<byte[]>,
        IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>,
        IComparer<byte[]>
{
    public static readonly ByteKeyComparer Instance = new();

    private ByteKeyComparer() { }

    public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] key) => GetHashCode(key.AsSpan());

    /// <summary>Seeded per process, so that clients cannot choose keys that collide.</summary>
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = default(HashCode);
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public int Compare(byte[]? left, byte[]? right) => left.AsSpan().SequenceCompareTo(right);
}
