using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace EtcdSharp.Platform.Wire;

/// <summary>
/// Writes protobuf fields into memory whose size was computed beforehand with the <c>SizeOf…</c> methods. Field
/// numbers, not tags, are given; proto3's rule of leaving out default values is the caller's.
/// </summary>
internal ref struct ProtoWriter(Span<byte> destination)
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;

    private readonly Span<byte> _destination = destination;
    private int _position;

    public readonly int Position => _position;

    public readonly Span<byte> Remaining => _destination[_position..];

    public static int SizeOfVarint(ulong value) => (BitOperations.Log2(value | 1) * 9 + 73) / 64;

    public static int SizeOfTag(int field) => SizeOfVarint((ulong)(uint)field << 3);

    public static int SizeOfField(int field, ulong value) => SizeOfTag(field) + SizeOfVarint(value);

    public static int SizeOfField(int field, long value) => SizeOfField(field, (ulong)value);

    /// <summary>The size of a field of <c>bytes</c>, <c>string</c> or message kind with a body of <paramref name="length"/> bytes.</summary>
    public static int SizeOfBytesField(int field, int length) => SizeOfTag(field) + SizeOfVarint((ulong)(uint)length) + length;

    public void WriteField(int field, ulong value)
    {
        WriteTag(field, Varint);
        WriteVarint(value);
    }

    public void WriteField(int field, long value) => WriteField(field, (ulong)value);

    public void WriteField(int field, bool value) => WriteField(field, value ? 1UL : 0UL);

    public void WriteBytesField(int field, ReadOnlySpan<byte> value)
    {
        WriteBytesHeader(field, value.Length);
        WriteRaw(value);
    }

    /// <summary>Writes the tag and the length of a <c>bytes</c>, <c>string</c> or message field; the body follows by <see cref="WriteRaw"/> or as fields.</summary>
    public void WriteBytesHeader(int field, int length)
    {
        WriteTag(field, LengthDelimited);
        WriteVarint((ulong)(uint)length);
    }

    public void WriteRaw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_destination[_position..]);
        _position += value.Length;
    }

    public void WriteFixed32(int field, uint value)
    {
        WriteTag(field, 5);
        BinaryPrimitives.WriteUInt32LittleEndian(_destination[_position..], value);
        _position += sizeof(uint);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteVarint(ulong value)
    {
        var position = _position;
        while (value >= 0x80)
        {
            _destination[position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _destination[position++] = (byte)value;
        _position = position;
    }

    private void WriteTag(int field, int wireType)
    {
        Debug.Assert(field > 0, "protobuf field numbers start at 1");
        WriteVarint(((ulong)(uint)field << 3) | (uint)wireType);
    }
}
