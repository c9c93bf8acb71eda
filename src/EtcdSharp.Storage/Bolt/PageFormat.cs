using System.Buffers.Binary;

namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// The numbers of bbolt's file format. Every page begins with a header of 16 bytes: page id (8), flags (2), element
/// count (2), number of overflow pages that follow and belong to it (4). All numbers are little-endian: bbolt writes
/// the machine's order, and etcd supports little-endian machines.
/// </summary>
internal static class PageFormat
{
    public const int HeaderBytes = 16;
    public const int FlagsOffset = 8;
    public const int CountOffset = 10;
    public const int OverflowOffset = 12;

    public const ushort BranchFlag = 0x01;
    public const ushort LeafFlag = 0x02;
    public const ushort MetaFlag = 0x04;
    public const ushort FreelistFlag = 0x10;

    /// <summary>
    /// A branch element is position (4), key size (4), child page id (8); a leaf element is flags (4), position (4),
    /// key size (4), value size (4). The position counts from the element itself; the value follows the key.
    /// </summary>
    public const int ElementBytes = 16;

    /// <summary>The leaf element's flag for a value that is a bucket.</summary>
    public const uint BucketElementFlag = 0x01;

    /// <summary>A bucket's value begins with root page id (8) and sequence (8); root 0 means that the page follows inline.</summary>
    public const int BucketHeaderBytes = 16;

    /// <summary>The two meta pages come first; no reference leads to them.</summary>
    public const ulong FirstDataPage = 2;

    /// <summary>A freelist with at least this many entries stores the count in its first entry.</summary>
    public const int CountInFirstEntry = 0xFFFF;

    public const int PageIdBytes = 8;

    public const int MinPageSize = 1024;

    /// <summary>bbolt looks for the second meta page at the powers of two from 1 kB to 16 MB.</summary>
    public const int MaxPageSize = 16 * 1024 * 1024;

    /// <summary>
    /// Every branch has at least two children, so 2^32 pages (16 TB of 4 kB pages) are 32 levels deep at the very
    /// worst; deeper means that the pages refer to each other in a circle.
    /// </summary>
    public const int MaxDepth = 64;

    /// <summary>Buckets inside buckets; etcd nests none. Bounds the recursion over them.</summary>
    public const int MaxNesting = 64;

    public static void WriteHeader(Span<byte> page, ulong id, ushort flags, ushort count, uint overflow)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(page, id);
        BinaryPrimitives.WriteUInt16LittleEndian(page[FlagsOffset..], flags);
        BinaryPrimitives.WriteUInt16LittleEndian(page[CountOffset..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(page[OverflowOffset..], overflow);
    }
}
