using System.Buffers.Binary;
using System.Text;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Tests.Bolt;

/// <summary>The bytes of the format, written out by hand from its description.</summary>
public sealed class BoltFormatTests
{
    private const string Path = "/data/db";

    [Fact]
    public void A_new_file_has_two_meta_pages_an_empty_freelist_and_an_empty_root()
    {
        MemoryDisk disk = NewDisk();
        BoltFile.Open(disk, Path, Options()).Dispose();
        byte[] bytes = disk.ReadAllBytes(Path);
        Assert.Equal(4 * 4096, bytes.Length);
        var expected = new byte[4 * 4096];
        Meta(expected, page: 0, root: 3, freelist: 2, highWater: 4, transaction: 0);
        Meta(expected, page: 1, root: 3, freelist: 2, highWater: 4, transaction: 1);
        Header(expected, page: 2, flags: 0x10, count: 0, overflow: 0);
        Header(expected, page: 3, flags: 0x02, count: 0, overflow: 0);
        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void A_small_bucket_is_written_inline_and_a_large_value_on_overflow_pages()
    {
        MemoryDisk disk = NewDisk();
        byte[] large = new byte[9000];
        large.AsSpan().Fill(7);
        using (BoltFile file = BoltFile.Open(disk, Path, Options()))
        {
            using BoltWriteTransaction transaction = file.BeginWrite();
            BoltWriteBucket small = transaction.CreateBucket("a"u8);
            small.Put("k"u8, "vv"u8);
            small.Sequence = 5;
            transaction.CreateBucket("b"u8).Put("big"u8, large);
            transaction.Commit();
        }

        // Pages 0 to 3 are in use; the leaf of bucket b takes 4 to 6 and the root, written last, takes 7.
        var expected = new byte[8 * 4096];
        Meta(expected, page: 0, root: 7, freelist: ulong.MaxValue, highWater: 8, transaction: 2);
        Meta(expected, page: 1, root: 3, freelist: 2, highWater: 4, transaction: 1);
        Header(expected, page: 2, flags: 0x10, count: 0, overflow: 0);
        Header(expected, page: 3, flags: 0x02, count: 0, overflow: 0);
        Header(expected, page: 4, flags: 0x02, count: 1, overflow: 2);
        int leaf = (4 * 4096) + 16;
        Fields(expected, leaf, 0, 16, 3, 9000);
        "big"u8.CopyTo(expected.AsSpan(leaf + 16));
        large.CopyTo(expected.AsSpan(leaf + 19));

        // Bucket a: header (root 0, sequence 5), then a page of one element, key "k" and value "vv".
        Header(expected, page: 7, flags: 0x02, count: 2, overflow: 0);
        int root = (7 * 4096) + 16;
        Fields(expected, root, 1, 32, 1, 16 + 16 + 16 + 3);
        Fields(expected, root + 16, 1, 16 + 1 + 51, 1, 16);
        int at = root + 32;
        expected[at++] = (byte)'a';
        BinaryPrimitives.WriteUInt64LittleEndian(expected.AsSpan(at + 8), 5);
        BinaryPrimitives.WriteUInt16LittleEndian(expected.AsSpan(at + 16 + 8), 0x02);
        BinaryPrimitives.WriteUInt16LittleEndian(expected.AsSpan(at + 16 + 10), 1);
        Fields(expected, at + 32, 0, 16, 1, 2);
        "kvv"u8.CopyTo(expected.AsSpan(at + 48));
        at += 51;
        expected[at++] = (byte)'b';
        BinaryPrimitives.WriteUInt64LittleEndian(expected.AsSpan(at), 4);

        byte[] bytes = disk.ReadAllBytes(Path);
        for (int page = 0; page < 8; page++)
        {
            Assert.True(
                expected.AsSpan(page * 4096, 4096).SequenceEqual(bytes.AsSpan(page * 4096, 4096)),
                $"page {page} differs"
            );
        }
    }

    [Fact]
    public void A_branch_page_lists_the_first_key_and_the_page_of_each_child()
    {
        MemoryDisk disk = NewDisk();
        using BoltFile file = BoltFile.Open(disk, Path, Options());
        using (BoltWriteTransaction transaction = file.BeginWrite())
        {
            BoltWriteBucket bucket = transaction.CreateBucket("b"u8);
            for (int i = 0; i < 6; i++)
            {
                bucket.Put(Encoding.ASCII.GetBytes($"key{i}"), new byte[1500]);
            }

            transaction.Commit();
        }

        // Two values of 1500 bytes fill half of a page; the four keys left are too few for another split and overflow.
        byte[] bytes = disk.ReadAllBytes(Path);
        ReadOnlySpan<byte> branch = bytes.AsSpan(7 * 4096, 4096);
        var expected = new byte[4096];
        Header(expected, page: 0, flags: 0x01, count: 2, overflow: 0);
        expected[0] = 7;
        string[] firstKeys = ["key0", "key2"];
        for (int i = 0; i < 2; i++)
        {
            int element = 16 + (i * 16);
            int data = 16 + 32 + (i * 4);
            BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(element), (uint)(data - element));
            BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(element + 4), 4);
            BinaryPrimitives.WriteUInt64LittleEndian(expected.AsSpan(element + 8), (ulong)(4 + i));
            Encoding.ASCII.GetBytes(firstKeys[i]).CopyTo(expected.AsSpan(data));
        }

        Assert.Equal(expected, branch.ToArray());
    }

    [Fact]
    public void A_freelist_of_65535_pages_or_more_stores_its_count_in_the_first_entry()
    {
        MemoryDisk disk = NewDisk();
        BoltOptions options = Options() with { SyncFreelist = true, PageSize = 1024 };
        using (BoltFile file = BoltFile.Open(disk, Path, options))
        {
            using (BoltWriteTransaction transaction = file.BeginWrite())
            {
                transaction.CreateBucket("b"u8).Put("big"u8, new byte[70_000 * 1024]);
                transaction.Commit();
            }

            using (BoltWriteTransaction transaction = file.BeginWrite())
            {
                Assert.True(transaction.Bucket("b"u8)!.Delete("big"u8));
                transaction.Commit();
            }
        }

        using BoltFile again = BoltFile.Open(disk, Path, options);
        Assert.True(again.Stats().FreePageCount >= 70_000);
        Assert.Empty(again.Check());
        using BoltReadTransaction read = again.BeginRead();
        Assert.Empty(read.Check());
        BoltPageInfo freelist = read.Pages().Single(page => page.Kind == BoltPageKind.Freelist);
        Assert.True(freelist.ElementCount >= 70_000);
        Assert.Equal(0xFFFF, BinaryPrimitives.ReadUInt16LittleEndian(read.PageBytes(freelist.PageId).AsSpan(10)));
    }

    private static MemoryDisk NewDisk()
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory("/data");
        return disk;
    }

    private static BoltOptions Options() =>
        new()
        {
            PageSize = 4096,
            GrowthBytes = 0,
            InitialMapBytes = 0,
        };

    private static void Header(byte[] file, int page, ushort flags, ushort count, uint overflow)
    {
        Span<byte> header = file.AsSpan(page * 4096);
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)page);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], flags);
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], overflow);
    }

    private static void Fields(byte[] file, int offset, uint flags, uint position, uint keySize, uint valueSize)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset + 4), position);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset + 8), keySize);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset + 12), valueSize);
    }

    private static void Meta(byte[] file, int page, ulong root, ulong freelist, ulong highWater, ulong transaction)
    {
        Header(file, page, flags: 0x04, count: 0, overflow: 0);
        Span<byte> body = file.AsSpan((page * 4096) + 16);
        BinaryPrimitives.WriteUInt32LittleEndian(body, 0xED0CDAED);
        BinaryPrimitives.WriteUInt32LittleEndian(body[4..], 2);
        BinaryPrimitives.WriteUInt32LittleEndian(body[8..], 4096);
        BinaryPrimitives.WriteUInt64LittleEndian(body[16..], root);
        BinaryPrimitives.WriteUInt64LittleEndian(body[32..], freelist);
        BinaryPrimitives.WriteUInt64LittleEndian(body[40..], highWater);
        BinaryPrimitives.WriteUInt64LittleEndian(body[48..], transaction);
        ulong hash = 0xcbf29ce484222325;
        foreach (byte value in body[..56])
        {
            hash = unchecked((hash ^ value) * 0x100000001b3);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(body[56..], hash);
    }
}
