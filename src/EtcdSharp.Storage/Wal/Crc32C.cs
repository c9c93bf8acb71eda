using System.Buffers.Binary;
using System.Numerics;

namespace EtcdSharp.Storage.Wal;

/// <summary>The CRC-32C checksum that the log and the snapshot files carry.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of all bytes behind <paramref name="crc"/> followed by <paramref name="data"/>; 0 starts anew.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var state = ~crc;
        while (data.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var value in data)
        {
            state = BitOperations.Crc32C(state, value);
        }

        return ~state;
    }
}
