namespace EtcdSharp.Storage.Wal;

/// <summary>
/// The eight bytes before every record: the record's length in the low 56 bits; the number of padding bytes, with
/// the highest bit set beside it, in the top byte. The padding keeps frames aligned to eight bytes, so that a
/// length field never lies across two sectors and is on disk either whole or not at all.
/// </summary>
internal static class WalFrame
{
    public const int HeaderBytes = 8;
    private const int Alignment = 8;
    private const ulong LengthMask = (1UL << 56) - 1;
    private const ulong PaddedFlag = 0x80;

    public static int PaddingOf(long recordBytes) => (int)((Alignment - recordBytes % Alignment) % Alignment);

    public static ulong EncodeHeader(int recordBytes)
    {
        var padding = (ulong)PaddingOf(recordBytes);
        var length = (ulong)(uint)recordBytes;
        return padding == 0 ? length : (PaddedFlag | padding) << 56 | length;
    }

    /// <summary>
    /// False for a header that no writer produces. Such a header is damage and never a torn write, because the
    /// eight bytes reach the disk together.
    /// </summary>
    public static bool TryDecodeHeader(ulong header, out long recordBytes, out int padding)
    {
        recordBytes = (long)(header & LengthMask);
        var top = header >> 56;
        padding = (int)(top & 7);
        var expected = PaddingOf(recordBytes);
        return expected == padding && top == (padding == 0 ? 0 : PaddedFlag | (ulong)padding);
    }
}
