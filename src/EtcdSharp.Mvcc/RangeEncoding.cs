using EtcdSharp.Mvcc.Index;

namespace EtcdSharp.Mvcc;

/// <summary>Key-values as they go into an answer that asked for keys only.</summary>
internal static class RangeEncoding
{
    /// <summary>As etcd since 3.7: from the index alone, which knows no leases.</summary>
    public static int SizeOfIndexed(KeyRecord record, in KeyVersion version) =>
        KeyValueFields.SizeOf(record.Key.Length, version.Create, version.Mod, version.Version, 0, 0);

    public static void WriteIndexed(Span<byte> destination, KeyRecord record, in KeyVersion version) =>
        KeyValueFields.Write(destination, record.Key, version.Create, version.Mod, version.Version, [], 0);

    /// <summary>Of a stored key-value, its lease included.</summary>
    public static int SizeWithoutValue(ReadOnlySpan<byte> encoded)
    {
        var stored = StoredKeyValue.Parse(encoded);
        return KeyValueFields.SizeOf(
            stored.KeyRange.Length,
            stored.CreateRevision,
            stored.ModRevision,
            stored.Version,
            0,
            stored.Lease
        );
    }

    public static void WriteWithoutValue(Span<byte> destination, ReadOnlySpan<byte> encoded)
    {
        var stored = StoredKeyValue.Parse(encoded);
        KeyValueFields.Write(
            destination,
            stored.Key,
            stored.CreateRevision,
            stored.ModRevision,
            stored.Version,
            [],
            stored.Lease
        );
    }
}
