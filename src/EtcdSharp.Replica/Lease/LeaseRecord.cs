using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EtcdSharp.Platform.Wire;

namespace EtcdSharp.Replica.Lease;

/// <summary>
/// One lease as the lease bucket of the store holds it: the key is the id, eight bytes big-endian, the value is a
/// leasepb.Lease message.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeaseRecord(long Id, long TtlSeconds, long RemainingTtlSeconds)
{
    public const int KeyLength = sizeof(long);

    /// <summary>Three fields, each one tag byte and a varint of at most ten bytes.</summary>
    public const int ValueLengthMax = 3 * (1 + 10);

    public static void WriteKey(long id, Span<byte> destination) => BinaryPrimitives.WriteInt64BigEndian(destination, id);

    public int WriteValue(Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        WriteUnlessZero(ref writer, 1, Id);
        WriteUnlessZero(ref writer, 2, TtlSeconds);
        WriteUnlessZero(ref writer, 3, RemainingTtlSeconds);
        return writer.Position;
    }

    public static bool TryReadValue(ReadOnlySpan<byte> value, out LeaseRecord record)
    {
        long id = 0;
        long ttl = 0;
        long remaining = 0;
        var reader = new ProtoReader(value);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    id = reader.ReadInt64();
                    break;
                case 2:
                    ttl = reader.ReadInt64();
                    break;
                case 3:
                    remaining = reader.ReadInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        record = new LeaseRecord(id, ttl, remaining);
        return !reader.Failed;
    }

    private static void WriteUnlessZero(ref ProtoWriter writer, int field, long value)
    {
        if (value != 0)
        {
            writer.WriteField(field, value);
        }
    }
}
