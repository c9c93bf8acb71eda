using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Mvcc;

/// <summary>The fields of mvccpb.KeyValue, and how it is written: in the order of numbers, zeros and empty bytes left out.</summary>
internal static class KeyValueFields
{
    public const int Key = 1;
    public const int CreateRevision = 2;
    public const int ModRevision = 3;
    public const int Version = 4;
    public const int Value = 5;
    public const int Lease = 6;

    public static int SizeOf(int keyLength, long create, long mod, long version, int valueLength, long lease) =>
        SizeOfBytes(Key, keyLength)
        + SizeOfNumber(CreateRevision, create)
        + SizeOfNumber(ModRevision, mod)
        + SizeOfNumber(Version, version)
        + SizeOfBytes(Value, valueLength)
        + SizeOfNumber(Lease, lease);

    /// <summary>Fills <paramref name="destination"/>, of the size that <see cref="SizeOf"/> says.</summary>
    public static void Write(
        Span<byte> destination,
        ReadOnlySpan<byte> key,
        long create,
        long mod,
        long version,
        ReadOnlySpan<byte> value,
        long lease
    )
    {
        var writer = new ProtoWriter(destination);
        if (!key.IsEmpty)
        {
            writer.WriteBytesField(Key, key);
        }

        WriteNumber(ref writer, CreateRevision, create);
        WriteNumber(ref writer, ModRevision, mod);
        WriteNumber(ref writer, Version, version);
        if (!value.IsEmpty)
        {
            writer.WriteBytesField(Value, value);
        }

        WriteNumber(ref writer, Lease, lease);
        if (writer.Position != destination.Length)
        {
            throw new InvalidOperationException($"a KeyValue of {destination.Length} bytes took {writer.Position}");
        }
    }

    private static int SizeOfBytes(int field, int length) => length == 0 ? 0 : ProtoWriter.SizeOfBytesField(field, length);

    private static int SizeOfNumber(int field, long number) => number == 0 ? 0 : ProtoWriter.SizeOfField(field, number);

    private static void WriteNumber(ref ProtoWriter writer, int field, long number)
    {
        if (number != 0)
        {
            writer.WriteField(field, number);
        }
    }
}
