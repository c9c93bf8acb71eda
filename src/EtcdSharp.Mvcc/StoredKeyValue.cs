using System.Runtime.InteropServices;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Mvcc;

/// <summary>An encoded mvccpb.KeyValue, read in place.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly ref struct StoredKeyValue
{
    private StoredKeyValue(
        ReadOnlySpan<byte> encoded,
        (int Start, int Length) key,
        (int Start, int Length) value,
        long create,
        long mod,
        long version,
        long lease
    )
    {
        Encoded = encoded;
        KeyRange = key;
        ValueRange = value;
        CreateRevision = create;
        ModRevision = mod;
        Version = version;
        Lease = lease;
    }

    public ReadOnlySpan<byte> Encoded { get; }

    public (int Start, int Length) KeyRange { get; }

    public (int Start, int Length) ValueRange { get; }

    public long CreateRevision { get; }

    public long ModRevision { get; }

    public long Version { get; }

    public long Lease { get; }

    public ReadOnlySpan<byte> Key => Encoded.Slice(KeyRange.Start, KeyRange.Length);

    public ReadOnlySpan<byte> Value => Encoded.Slice(ValueRange.Start, ValueRange.Length);

    /// <summary>Throws <see cref="InvalidDataException"/> when the bytes are no KeyValue: the file is damaged then.</summary>
    public static StoredKeyValue Parse(ReadOnlySpan<byte> encoded)
    {
        (int, int) key = default;
        (int, int) value = default;
        long create = 0,
            mod = 0,
            version = 0,
            lease = 0;
        var reader = new ProtoReader(encoded);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case KeyValueFields.Key:
                    key = reader.ReadBytesRange();
                    break;
                case KeyValueFields.CreateRevision:
                    create = reader.ReadInt64();
                    break;
                case KeyValueFields.ModRevision:
                    mod = reader.ReadInt64();
                    break;
                case KeyValueFields.Version:
                    version = reader.ReadInt64();
                    break;
                case KeyValueFields.Value:
                    value = reader.ReadBytesRange();
                    break;
                case KeyValueFields.Lease:
                    lease = reader.ReadInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return reader.Failed
            ? throw new InvalidDataException("the key bucket holds a value that is no encoded KeyValue")
            : new StoredKeyValue(encoded, key, value, create, mod, version, lease);
    }
}
