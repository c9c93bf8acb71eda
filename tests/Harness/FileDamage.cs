namespace EtcdSharp.Harness;

/// <summary>What disks, programs and people do to bytes.</summary>
public static class FileDamage
{
    /// <summary>Numbers at which lengths, counts and offsets tend to be judged wrongly.</summary>
    private static readonly ulong[] s_edges =
    [
        0,
        1,
        0x7F,
        0xFF,
        0x7FFF,
        0xFFFF,
        0x7FFFFFFF,
        0x80000000,
        0xFFFFFFFF,
        0x7FFFFFFFFFFFFFFF,
        0x8000000000000000,
        0xFFFFFFFFFFFFFFFF,
    ];

    /// <summary>A copy with up to four kinds of damage.</summary>
    public static byte[] To(byte[] original, Random random)
    {
        var damaged = (byte[])original.Clone();
        for (var times = 1 + random.Next(4); times > 0 && damaged.Length > 0; times--)
        {
            damaged = Once(damaged, random);
        }

        return damaged;
    }

    private static byte[] Once(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length);
        switch (random.Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                Span<byte> number = stackalloc byte[sizeof(ulong)];
                BitConverter.TryWriteBytes(number, s_edges[random.Next(s_edges.Length)]);
                number[..Math.Min(1 << random.Next(4), bytes.Length - at)].CopyTo(bytes.AsSpan(at));
                return bytes;
            case 3:
                bytes.AsSpan(at, Math.Min(1 + random.Next(600), bytes.Length - at)).Clear();
                return bytes;
            case 4:
                // A stretch from elsewhere, as a write that went to the wrong place.
                var from = random.Next(bytes.Length);
                var length = Math.Min(1 + random.Next(4096), bytes.Length - Math.Max(at, from));
                bytes.AsSpan(from, length).CopyTo(bytes.AsSpan(at));
                return bytes;
            case 5:
                return random.Next(4) == 0 ? bytes[..at] : bytes;
            case 6:
                // Bytes that are missing or too many move everything behind them.
                var missing = Math.Min(1 + random.Next(8), bytes.Length - at);
                return [.. bytes[..at], .. bytes[(at + missing)..]];
            default:
                return [.. bytes[..at], .. bytes[at..Math.Min(bytes.Length, at + 8)], .. bytes[at..]];
        }
    }
}
