using System.Globalization;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Tests.Bolt;

/// <summary>Locks, limits, sizes, errors, snapshots and compaction of a file.</summary>
public sealed class BoltFileTests
{
    private const string Path = "/data/db";

    private readonly MemoryDisk _disk = new();
    private readonly BoltOptions _options = new()
    {
        PageSize = 4096,
        GrowthBytes = 0,
        InitialMapBytes = 0,
    };

    public BoltFileTests()
    {
        _disk.CreateDirectory("/data");
        _disk.SyncDirectory("/");
    }

    [Fact]
    public void A_second_opener_is_refused()
    {
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        Assert.Equal(Path, Assert.Throws<BoltLockedException>(() => BoltFile.Open(_disk, Path, _options)).FilePath);
        Assert.Throws<BoltLockedException>(() => BoltFile.Open(_disk, Path, _options with { ReadOnly = true }));
    }

    [Fact]
    public void Readers_share_a_file()
    {
        Fill(100);
        using BoltFile one = BoltFile.Open(_disk, Path, _options with { ReadOnly = true });
        using BoltFile two = BoltFile.Open(_disk, Path, _options with { ReadOnly = true });
        Assert.Throws<BoltLockedException>(() => BoltFile.Open(_disk, Path, _options));
        Assert.Throws<InvalidOperationException>(() => one.BeginWrite());
        Assert.Empty(two.Check());
    }

    [Fact]
    public void A_closed_file_stays_readable_and_locked_until_its_last_reader_ends()
    {
        Fill(100);
        BoltFile file = BoltFile.Open(_disk, Path, _options);
        BoltReadTransaction read = file.BeginRead();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.BeginRead());
        Assert.True(read.Bucket("b"u8)!.TryGet(Key(7), out _));
        Assert.Throws<BoltLockedException>(() => BoltFile.Open(_disk, Path, _options));
        read.Dispose();
        BoltFile.Open(_disk, Path, _options).Dispose();
    }

    [Fact]
    public void Sizes_count_free_pages_once_no_reader_sees_them()
    {
        Fill(5000);
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        BoltReadTransaction read = file.BeginRead();
        long before = file.InUseBytes;
        DeleteAll(file);
        Assert.True(file.InUseBytes > before / 2, "pages that the reader sees are in use");
        Assert.Equal(5000, Count(read));
        read.Dispose();
        DeleteAll(file);
        file.BeginWrite().Dispose();
        Assert.True(file.InUseBytes < before / 10, $"{file.InUseBytes} of {before} bytes in use");
        Assert.Empty(file.Check());
    }

    [Fact]
    public void A_long_reader_holds_back_only_pages_of_its_own_state()
    {
        Fill(2000);
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        using BoltReadTransaction read = file.BeginRead();
        long before = file.SizeBytes;
        for (int i = 0; i < 200; i++)
        {
            using BoltWriteTransaction transaction = file.BeginWrite();
            transaction.Bucket("b"u8)!.Put(Key(i), new byte[200]);
            transaction.Commit();
        }

        // Each commit rewrites a path of three pages; had all of them been held back, 600 pages would have been added.
        Assert.True(file.SizeBytes - before < 250 * 4096, $"grew by {(file.SizeBytes - before) / 4096} pages");
        Assert.Equal(2000, Count(read));
        Assert.Empty(read.Check());
    }

    [Fact]
    public void The_file_grows_in_steps_and_is_never_shorter_than_its_pages()
    {
        using BoltFile file = BoltFile.Open(_disk, Path, _options with { GrowthBytes = 1 << 20 });
        using BoltWriteTransaction transaction = file.BeginWrite();
        transaction.CreateBucket("b"u8).Put("k"u8, new byte[100_000]);
        transaction.Commit();
        Assert.Equal(file.SizeBytes + 4096 + (1 << 20), file.Stats().FileBytes);
    }

    [Fact]
    public void Full_disk_undoes_the_transaction_and_the_next_one_succeeds()
    {
        Fill(1000);
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        _disk.CapacityBytes = file.SizeBytes;
        using (BoltWriteTransaction transaction = file.BeginWrite())
        {
            transaction.Bucket("b"u8)!.Put("x"u8, new byte[1_000_000]);
            Assert.Throws<DiskFullException>(transaction.Commit);
        }

        Assert.Empty(file.Check());
        _disk.CapacityBytes = long.MaxValue;
        using (BoltWriteTransaction transaction = file.BeginWrite())
        {
            Assert.False(transaction.Bucket("b"u8)!.TryGet("x"u8, out _));
            transaction.Bucket("b"u8)!.Put("y"u8, [1]);
            transaction.Commit();
        }

        Assert.Empty(file.Check());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void After_a_failed_sync_the_file_takes_no_more_writes_but_can_be_read(int failing)
    {
        Fill(1000);
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        int syncs = 0;
        _disk.Intercept = step =>
            step.Kind == DiskOperationKind.SyncData && syncs++ == failing
                ? throw new IOException("the disk is broken")
                : DiskVerdict.Proceed;
        using (BoltWriteTransaction transaction = file.BeginWrite())
        {
            transaction.Bucket("b"u8)!.Put("x"u8, [1]);
            Assert.Throws<IOException>(transaction.Commit);
        }

        Assert.Throws<BoltFailedException>(() => file.BeginWrite());
        using BoltReadTransaction read = file.BeginRead();
        Assert.Equal(1000, Count(read));
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(65536)]
    public void Either_meta_page_alone_opens_the_file(int pageSize)
    {
        BoltOptions options = _options with { PageSize = pageSize };
        using (BoltFile file = BoltFile.Open(_disk, Path, options))
        {
            for (byte round = 1; round <= 4; round++)
            {
                using BoltWriteTransaction transaction = file.BeginWrite();
                transaction.CreateBucketIfMissing("b"u8).Put("k"u8, [round]);
                transaction.Commit();
            }
        }

        // The last commit is transaction 5, so the second meta page holds it and the first one the commit before.
        byte[] sound = _disk.ReadAllBytes(Path);
        foreach ((int destroyed, byte expected) in new[] { (0, (byte)4), (1, (byte)3) })
        {
            byte[] bytes = (byte[])sound.Clone();
            bytes[(destroyed * pageSize) + 20] ^= 1;
            _disk.WriteAllBytes("/data/copy", bytes);
            using BoltFile file = BoltFile.Open(_disk, "/data/copy", _options);
            Assert.Equal(pageSize, file.PageSize);
            using BoltReadTransaction read = file.BeginRead();
            Assert.True(read.Bucket("b"u8)!.TryGet("k"u8, out ReadOnlySpan<byte> value));
            Assert.Equal(expected, value[0]);
            Assert.Empty(file.Check());
        }

        sound[20] ^= 1;
        sound[pageSize + 20] ^= 1;
        _disk.WriteAllBytes("/data/copy", sound);
        Assert.Equal(
            BoltDamage.NoValidMeta,
            Assert.Throws<BoltCorruptionException>(() => BoltFile.Open(_disk, "/data/copy", _options)).Damage
        );
    }

    [Fact]
    public void A_file_cut_short_is_refused()
    {
        Fill(1000);
        byte[] bytes = _disk.ReadAllBytes(Path);
        _disk.WriteAllBytes("/data/copy", bytes.AsSpan(0, bytes.Length - 8192));
        Assert.Equal(
            BoltDamage.Truncated,
            Assert.Throws<BoltCorruptionException>(() => BoltFile.Open(_disk, "/data/copy", _options)).Damage
        );
    }

    [Fact]
    public void A_transaction_without_changes_writes_nothing()
    {
        Fill(10);
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        long steps = _disk.OperationCount;
        using BoltWriteTransaction transaction = file.BeginWrite();
        Assert.False(transaction.Bucket("b"u8)!.Delete("missing"u8));
        transaction.Commit();
        Assert.Equal(steps, _disk.OperationCount);
    }

    [Fact]
    public void Misuse_is_refused()
    {
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        BoltWriteTransaction transaction = file.BeginWrite();
        Assert.Throws<InvalidOperationException>(() => file.BeginWrite());
        BoltWriteBucket bucket = transaction.CreateBucket("b"u8);
        Assert.Throws<ArgumentException>(() => bucket.Put([], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => bucket.Put(new byte[32769], [1]));
        bucket.Put(new byte[32768], [1]);
        bucket.CreateBucket("n"u8);
        Assert.Throws<InvalidOperationException>(() => bucket.Put("n"u8, [1]));
        Assert.Throws<InvalidOperationException>(() => bucket.Delete("n"u8));
        Assert.Throws<InvalidOperationException>(() => bucket.CreateBucket("n"u8));
        Assert.True(transaction.DeleteBucket("b"u8));
        Assert.Throws<InvalidOperationException>(() => bucket.Put("k"u8, [1]));
        transaction.Commit();
        Assert.Throws<InvalidOperationException>(() => transaction.CreateBucket("c"u8));
    }

    [Fact]
    public void A_snapshot_is_a_complete_file_while_writers_go_on()
    {
        Fill(3000);
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        using BoltReadTransaction read = file.BeginRead();
        byte[] chunks = new byte[read.SizeBytes];
        int done = 0;
        while (done < chunks.Length)
        {
            int count = read.ReadImage(done, chunks.AsSpan(done, Math.Min(10_000, chunks.Length - done)));
            Assert.True(count > 0);
            done += count;
            using BoltWriteTransaction transaction = file.BeginWrite();
            transaction.Bucket("b"u8)!.Put(Key(done % 3000), [9]);
            transaction.Commit();
        }

        Assert.Equal(0, read.ReadImage(done, new byte[1]));
        using var stream = new MemoryStream();
        Assert.Equal(read.SizeBytes, read.WriteTo(stream));
        _disk.WriteAllBytes("/data/chunks", chunks);
        _disk.WriteAllBytes("/data/stream", stream.ToArray());
        foreach (string copy in new[] { "/data/chunks", "/data/stream" })
        {
            using BoltFile restored = BoltFile.Open(_disk, copy, _options);
            Assert.Empty(restored.Check());
            using BoltReadTransaction all = restored.BeginRead();
            Assert.Equal(3000, Count(all));
            BoltCursor cursor = all.Bucket("b"u8)!.Cursor();
            for (bool found = cursor.SeekFirst(); found; found = cursor.Next())
            {
                Assert.Equal(100, cursor.Value.Length);
            }
        }
    }

    [Fact]
    public void Compaction_keeps_everything_and_drops_free_pages()
    {
        var random = new SeededRandom(11);
        var changes = new RandomTransactions(random);
        var model = new BoltModel();
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        for (int i = 0; i < 60; i++)
        {
            using BoltWriteTransaction transaction = file.BeginWrite();
            changes.Change(transaction, model);
            transaction.Commit();
        }

        using BoltReadTransaction read = file.BeginRead();
        using BoltFile target = BoltFile.Open(_disk, "/data/compacted", _options);
        read.CompactInto(target, keysPerCommit: 50);
        Assert.Empty(target.Check());
        using BoltReadTransaction compacted = target.BeginRead();
        model.AssertEqual(compacted, random);
        Assert.True(target.InUseBytes <= file.InUseBytes);
        Assert.Equal(read.Stats().Keys, compacted.Stats().Keys);
    }

    [Fact]
    public void Pages_stats_and_dump_describe_the_file()
    {
        Fill(5000);
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        using BoltReadTransaction read = file.BeginRead();
        List<BoltPageInfo> pages = [.. read.Pages()];
        Assert.Equal(read.SizeBytes / 4096, pages.Sum(page => page.OverflowCount + 1L));
        BoltBucketStats stats = read.Bucket("b"u8)!.Stats();
        Assert.Equal(5000, stats.Keys);
        Assert.Equal(stats.LeafPages + 1, pages.Count(page => page.Kind == BoltPageKind.Leaf));
        Assert.Equal(stats.BranchPages, pages.Count(page => page.Kind == BoltPageKind.Branch));
        Assert.Equal(file.Stats().FreePageCount, pages.Count(page => page.Kind == BoltPageKind.Free));
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        foreach (BoltPageInfo page in pages.Where(page => page.Kind != BoltPageKind.Free))
        {
            read.Dump(page.PageId, text);
        }

        Assert.Contains(Convert.ToHexStringLower(Key(4999)), text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Steady_appending_fills_pages_to_nine_tenths()
    {
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        for (int batch = 0; batch < 50; batch++)
        {
            using BoltWriteTransaction transaction = file.BeginWrite();
            BoltWriteBucket bucket = transaction.CreateBucketIfMissing("key"u8);
            bucket.FillPercent = 0.9;
            for (int i = 0; i < 200; i++)
            {
                bucket.Put(Key((batch * 200) + i), new byte[80]);
            }

            transaction.Commit();
        }

        using BoltReadTransaction read = file.BeginRead();
        BoltBucketStats stats = read.Bucket("key"u8)!.Stats();
        Assert.InRange((double)stats.LeafBytesInUse / (stats.LeafPages * 4096), 0.85, 0.92);
    }

    [Fact]
    public async Task Readers_see_whole_states_while_a_writer_commits_and_the_map_moves()
    {
        Fill(1);
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        bool stop = false;
        Task<long>[] readers =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(_ =>
                    Task.Factory.StartNew(() => ReadUntil(file, () => Volatile.Read(ref stop)), TaskCreationOptions.LongRunning)
                ),
        ];
        for (int round = 1; round <= 300; round++)
        {
            using BoltWriteTransaction transaction = file.BeginWrite();
            BoltWriteBucket bucket = transaction.Bucket("b"u8)!;
            byte[] value = new byte[100];
            BitConverter.TryWriteBytes(value, round);
            for (int i = 0; i < Math.Min(round, 50) * 4; i++)
            {
                bucket.Put(Key(i), value);
            }

            transaction.Commit();
        }

        Volatile.Write(ref stop, true);
        long states = 0;
        foreach (Task<long> reader in readers)
        {
            states += await reader;
        }

        Assert.True(states > 10, $"readers saw only {states} states");
        Assert.Equal(0, file.OpenReadTransactions);
        Assert.Empty(file.Check());
    }

    /// <summary>In every state all values carry the same round.</summary>
    private static long ReadUntil(BoltFile file, Func<bool> stopped)
    {
        long states = 0;
        while (!stopped())
        {
            using BoltReadTransaction read = file.BeginRead();
            BoltCursor cursor = read.Bucket("b"u8)!.Cursor();
            int round = -1;
            for (bool found = cursor.SeekFirst(); found; found = cursor.Next())
            {
                int value = BitConverter.ToInt32(cursor.Value);
                round = round < 0 ? value : round;
                Assert.Equal(round, value);
            }

            states++;
        }

        return states;
    }

    private static byte[] Key(int i) => System.Text.Encoding.ASCII.GetBytes(i.ToString("d10", CultureInfo.InvariantCulture));

    private static int Count(BoltReadTransaction read)
    {
        int count = 0;
        BoltCursor cursor = read.Bucket("b"u8)!.Cursor();
        for (bool found = cursor.SeekFirst(); found; found = cursor.Next())
        {
            count++;
        }

        return count;
    }

    private static void DeleteAll(BoltFile file)
    {
        using BoltWriteTransaction transaction = file.BeginWrite();
        BoltWriteBucket bucket = transaction.Bucket("b"u8)!;
        bucket.Sequence++;
        for (int i = 0; i < 5000; i++)
        {
            bucket.Delete(Key(i));
        }

        transaction.Commit();
    }

    private void Fill(int count)
    {
        using BoltFile file = BoltFile.Open(_disk, Path, _options);
        using BoltWriteTransaction transaction = file.BeginWrite();
        BoltWriteBucket bucket = transaction.CreateBucket("b"u8);
        for (int i = 0; i < count; i++)
        {
            bucket.Put(Key(i), new byte[100]);
        }

        transaction.Commit();
    }
}
