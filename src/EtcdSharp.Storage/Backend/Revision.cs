using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Backend;

/// <summary>Main counts transactions, Sub the changes inside one. Ordered as the key bucket is.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Revision(long Main, long Sub) : IComparable<Revision>
{
    /// <summary>Main and sub as 8 big-endian bytes each, with an underscore between them.</summary>
    public const int EncodedLength = 8 + 1 + 8;

    /// <summary>A tombstone's key has a 't' behind the revision.</summary>
    public const int TombstoneLength = EncodedLength + 1;

    private const byte Separator = (byte)'_';
    private const byte TombstoneMark = (byte)'t';

    public static bool operator <(Revision left, Revision right) => left.CompareTo(right) < 0;

    public static bool operator >(Revision left, Revision right) => left.CompareTo(right) > 0;

    public static bool operator <=(Revision left, Revision right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Revision left, Revision right) => left.CompareTo(right) >= 0;

    public int CompareTo(Revision other) => Main != other.Main ? Main.CompareTo(other.Main) : Sub.CompareTo(other.Sub);

    /// <summary>Writes the key of the key bucket; returns its length, 17 or 18 bytes.</summary>
    public int Encode(Span<byte> destination, bool tombstone)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, Main);
        destination[8] = Separator;
        BinaryPrimitives.WriteInt64BigEndian(destination[9..], Sub);
        if (!tombstone)
        {
            return EncodedLength;
        }

        destination[EncodedLength] = TombstoneMark;
        return TombstoneLength;
    }

    /// <summary>False when the bytes are no key of the key bucket.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> key, out Revision revision, out bool tombstone)
    {
        revision = default;
        tombstone = false;
        if (key.Length is not (EncodedLength or TombstoneLength) || key[8] != Separator)
        {
            return false;
        }

        revision = new Revision(BinaryPrimitives.ReadInt64BigEndian(key), BinaryPrimitives.ReadInt64BigEndian(key[9..]));
        tombstone = key.Length == TombstoneLength && key[EncodedLength] == TombstoneMark;
        return revision.Main >= 0 && revision.Sub >= 0;
    }

    /// <summary>The revision of a key of the key bucket; anything else there is damage.</summary>
    public static Revision Decode(ReadOnlySpan<byte> key, out bool tombstone) =>
        TryDecode(key, out var revision, out tombstone)
            ? revision
            : throw new InvalidDataException($"the key bucket has the key {Convert.ToHexString(key)}, which is no revision");
}
