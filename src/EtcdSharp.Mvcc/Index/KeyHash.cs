using System.Buffers.Binary;

namespace EtcdSharp.Mvcc.Index;

/// <summary>A seeded multiply-and-fold hash over 16 bytes at a time: a few nanoseconds for a usual key, not guessable without the seed.</summary>
internal static class KeyHash
{
    private const ulong First = 0xA0761D6478BD642F;
    private const ulong Second = 0xE7037ED1A0B428DB;
    private const ulong Third = 0x8EBC6AF09C88C6E3;

    public static uint Of(ReadOnlySpan<byte> key, ulong seed)
    {
        var state = seed ^ First;
        var rest = key;
        while (rest.Length > 16)
        {
            state = Fold(
                BinaryPrimitives.ReadUInt64LittleEndian(rest) ^ Second,
                BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]) ^ state
            );
            rest = rest[16..];
        }

        var (low, high) = Tail(rest);
        state = Fold(low ^ Second, high ^ state);
        state = Fold(state ^ Third, (ulong)key.Length ^ First);
        return (uint)(state ^ (state >> 32));
    }

    private static (ulong Low, ulong High) Tail(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= 8)
        {
            return (BinaryPrimitives.ReadUInt64LittleEndian(rest), BinaryPrimitives.ReadUInt64LittleEndian(rest[^8..]));
        }

        if (rest.Length >= 4)
        {
            return (BinaryPrimitives.ReadUInt32LittleEndian(rest), BinaryPrimitives.ReadUInt32LittleEndian(rest[^4..]));
        }

        ulong bytes = 0;
        foreach (var next in rest)
        {
            bytes = (bytes << 8) | next;
        }

        return (bytes, 0);
    }

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}
