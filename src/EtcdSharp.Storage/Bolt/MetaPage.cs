using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// What a meta page says about one committed state. After the page header: magic (4), version (4), page size (4),
/// flags (4), root bucket's page (8) and sequence (8), freelist page (8), high-water mark (8), transaction id (8),
/// checksum (8: FNV-1a over the 56 bytes before it). The whole lies in the page's first sector, so that a torn write
/// leaves either the old or the new one.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MetaPage
{
    /// <summary>In place of the freelist's page: it is not stored.</summary>
    public const ulong NoFreelist = ulong.MaxValue;

    private const uint Magic = 0xED0CDAED;
    private const uint FormatVersion = 2;
    private const int ChecksummedBytes = 56;
    private const int Bytes = ChecksummedBytes + sizeof(ulong);
    private const ulong FnvOffsetBasis = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    public uint PageSize { get; init; }

    public uint Flags { get; init; }

    public ulong RootPage { get; init; }

    public ulong RootSequence { get; init; }

    public ulong FreelistPage { get; init; }

    /// <summary>One more than the highest page ever used.</summary>
    public ulong HighWaterMark { get; init; }

    public ulong TransactionId { get; init; }

    /// <summary>Reads the meta page at the start of <paramref name="page"/>; false when it is not a valid one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> page, out MetaPage meta)
    {
        meta = default;
        if (page.Length < PageFormat.HeaderBytes + Bytes)
        {
            return false;
        }

        ReadOnlySpan<byte> body = page.Slice(PageFormat.HeaderBytes, Bytes);
        if (
            BinaryPrimitives.ReadUInt32LittleEndian(body) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(body[4..]) != FormatVersion
            || BinaryPrimitives.ReadUInt64LittleEndian(body[ChecksummedBytes..]) != Checksum(body[..ChecksummedBytes])
        )
        {
            return false;
        }

        meta = new MetaPage
        {
            PageSize = BinaryPrimitives.ReadUInt32LittleEndian(body[8..]),
            Flags = BinaryPrimitives.ReadUInt32LittleEndian(body[12..]),
            RootPage = BinaryPrimitives.ReadUInt64LittleEndian(body[16..]),
            RootSequence = BinaryPrimitives.ReadUInt64LittleEndian(body[24..]),
            FreelistPage = BinaryPrimitives.ReadUInt64LittleEndian(body[32..]),
            HighWaterMark = BinaryPrimitives.ReadUInt64LittleEndian(body[40..]),
            TransactionId = BinaryPrimitives.ReadUInt64LittleEndian(body[48..]),
        };
        return true;
    }

    /// <summary>Fills a whole page.</summary>
    public void WriteTo(Span<byte> page, ulong pageId)
    {
        page.Clear();
        PageFormat.WriteHeader(page, pageId, PageFormat.MetaFlag, 0, 0);
        Span<byte> body = page.Slice(PageFormat.HeaderBytes, Bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(body, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(body[4..], FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(body[8..], PageSize);
        BinaryPrimitives.WriteUInt32LittleEndian(body[12..], Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(body[16..], RootPage);
        BinaryPrimitives.WriteUInt64LittleEndian(body[24..], RootSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(body[32..], FreelistPage);
        BinaryPrimitives.WriteUInt64LittleEndian(body[40..], HighWaterMark);
        BinaryPrimitives.WriteUInt64LittleEndian(body[48..], TransactionId);
        BinaryPrimitives.WriteUInt64LittleEndian(body[ChecksummedBytes..], Checksum(body[..ChecksummedBytes]));
    }

    /// <summary>Refuses numbers that contradict each other or the file, although the checksum holds.</summary>
    public void Validate(string path, long fileBytes)
    {
        ulong pageId = TransactionId % 2;
        if (PageSize is < PageFormat.MinPageSize or > PageFormat.MaxPageSize || (PageSize & (PageSize - 1)) != 0)
        {
            throw new BoltCorruptionException(path, pageId, BoltDamage.BadMeta, $"page size {PageSize}");
        }

        if (HighWaterMark > (ulong)(fileBytes / PageSize))
        {
            throw new BoltCorruptionException(
                path,
                pageId,
                BoltDamage.Truncated,
                $"{HighWaterMark} pages of {PageSize} bytes are in use, the file has {fileBytes} bytes",
                PageSize
            );
        }

        if (!IsDataPage(RootPage) || (FreelistPage != NoFreelist && !IsDataPage(FreelistPage)))
        {
            throw new BoltCorruptionException(
                path,
                pageId,
                BoltDamage.BadMeta,
                $"root page {RootPage}, freelist page {FreelistPage}, high-water mark {HighWaterMark}",
                PageSize
            );
        }
    }

    private static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        ulong hash = FnvOffsetBasis;
        foreach (byte value in bytes)
        {
            hash = (hash ^ value) * FnvPrime;
        }

        return hash;
    }

    private bool IsDataPage(ulong pageId) => pageId >= PageFormat.FirstDataPage && pageId < HighWaterMark;
}
