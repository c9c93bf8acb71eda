using System.Globalization;
using EtcdSharp.Harness;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Tests.Bolt;

/// <summary>
/// Files with bytes changed at random: opening, reading, writing and checking end with a result or a
/// <see cref="BoltCorruptionException"/>, soon. <c>ETCDSHARP_FUZZ_SECONDS</c> makes it run long.
/// </summary>
public sealed class BoltFuzzTests
{
    private const string Path = "/data/db";
    private const int DefaultSeconds = 2;

    /// <summary>A walk over these files takes a few thousand steps; one that takes 100 times as many is running in circles.</summary>
    private const int MaxSteps = 1_000_000;

    [Fact]
    public void Damaged_files_are_refused_or_read_but_never_crash_or_hang()
    {
        byte[][] originals = Originals();
        var tally = new Tally();
        foreach (int seed in FuzzRun.Seeds(DefaultSeconds))
        {
            Try(originals, seed, tally);
        }

        Assert.True(tally.Refused + tally.Sound > 100, tally.ToString());
        Assert.True(tally.Refused > 0 && tally.FoundByCheck > 0 && tally.Sound > 0, tally.ToString());
    }

    // Found by the test above in some minutes: a bucket that is to be deleted is not where it was found.
    [Theory]
    [InlineData(63206)]
    public void A_seed_that_has_found_something_finds_nothing_more(int seed) => Try(Originals(), seed, new Tally());

    [Theory]
    [InlineData(BoltDamage.PageOutOfRange)]
    [InlineData(BoltDamage.WrongPageId)]
    [InlineData(BoltDamage.WrongPageKind)]
    [InlineData(BoltDamage.BadPageSize)]
    [InlineData(BoltDamage.BadElement)]
    [InlineData(BoltDamage.KeyOrder)]
    [InlineData(BoltDamage.ReferencedTwice)]
    internal void Each_kind_of_damage_is_named_with_file_and_page(BoltDamage damage)
    {
        var disk = new MemoryDisk();
        byte[] bytes = Original(1, false);
        disk.WriteAllBytes(Path, bytes);
        ulong branch;
        ulong leaf;
        using (BoltFile sound = BoltFile.Open(disk, Path, Options(readOnly: true)))
        {
            using BoltReadTransaction read = sound.BeginRead();
            branch = read.Pages().First(page => page.Kind == BoltPageKind.Branch && page.ElementCount > 2).PageId;
            leaf = BitConverter.ToUInt64(read.PageBytes(branch).AsSpan(16 + 8));
        }

        Span<byte> branchBytes = bytes.AsSpan((int)branch * 4096, 4096);
        Span<byte> leafBytes = bytes.AsSpan((int)leaf * 4096, 4096);
        ulong named = leaf;
        switch (damage)
        {
            case BoltDamage.PageOutOfRange:
                BitConverter.TryWriteBytes(branchBytes[24..], named = 1UL << 40);
                break;
            case BoltDamage.WrongPageId:
                BitConverter.TryWriteBytes(leafBytes, leaf + 1);
                break;
            case BoltDamage.WrongPageKind:
                leafBytes[8] = 0x10;
                break;
            case BoltDamage.BadPageSize:
                BitConverter.TryWriteBytes(leafBytes[12..], uint.MaxValue);
                break;
            case BoltDamage.BadElement:
                BitConverter.TryWriteBytes(leafBytes[(16 + 8)..], 0x7FFFFFFF);
                break;
            case BoltDamage.KeyOrder:
                (leafBytes[16 + 4], leafBytes[32 + 4]) = ((byte)(leafBytes[32 + 4] + 16), (byte)(leafBytes[16 + 4] - 16));
                (leafBytes[16 + 8], leafBytes[32 + 8]) = (leafBytes[32 + 8], leafBytes[16 + 8]);
                break;
            default:
                branchBytes.Slice(16 + 8, 8).CopyTo(branchBytes[(32 + 8)..]);
                break;
        }

        disk.WriteAllBytes(Path, bytes);
        using BoltFile file = BoltFile.Open(disk, Path, Options(readOnly: true));
        BoltFinding finding = file.Check().First(found => found.Damage == damage);
        Assert.Equal(named, finding.PageId);
        if (damage is not BoltDamage.KeyOrder)
        {
            BoltCorruptionException refused = Assert.Throws<BoltCorruptionException>(() =>
            {
                file.Dispose();
                BoltFile.Open(disk, Path, Options(readOnly: false)).Dispose();
                using BoltFile again = BoltFile.Open(disk, Path, Options(readOnly: true));
                using BoltReadTransaction read = again.BeginRead();
                Walk(read.Cursor(), name => read.Bucket(name));
            });
            Assert.Equal(Path, refused.FilePath);
            Assert.Equal(damage, refused.Damage);
            Assert.Equal(named, refused.PageId);
        }
    }

    [Fact]
    public void Branches_that_lead_in_a_circle_end_every_walk()
    {
        var disk = new MemoryDisk();
        byte[] bytes = Original(1, false);
        disk.WriteAllBytes(Path, bytes);
        ulong branch;
        using (BoltFile sound = BoltFile.Open(disk, Path, Options(readOnly: true)))
        {
            using BoltReadTransaction read = sound.BeginRead();
            branch = read.Pages().First(page => page.Kind == BoltPageKind.Branch && page.ElementCount > 2).PageId;
        }

        for (int element = 0; element < 2; element++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(((int)branch * 4096) + 16 + (element * 16) + 8), branch);
        }

        disk.WriteAllBytes(Path, bytes);
        using BoltFile file = BoltFile.Open(disk, Path, Options(readOnly: true));
        Assert.Contains(file.Check(), finding => finding.Damage == BoltDamage.ReferencedTwice);
        using BoltReadTransaction damaged = file.BeginRead();
        BoltCorruptionException refused = Assert.Throws<BoltCorruptionException>(() =>
            Walk(damaged.Cursor(), name => damaged.Bucket(name))
        );
        Assert.Equal(BoltDamage.TooDeep, refused.Damage);
    }

    private static BoltOptions Options(bool readOnly) =>
        new()
        {
            ReadOnly = readOnly,
            InitialMapBytes = 0,
            GrowthBytes = 0,
            PageSize = 4096,
        };

    private static byte[][] Originals() => [Original(1, false), Original(2, true), Original(3, false)];

    private static void Try(byte[][] originals, int seed, Tally tally)
    {
        var random = new SeededRandom((ulong)seed);
        byte[] bytes = (byte[])originals[random.Next(originals.Length)].Clone();
        Damage(ref bytes, random);
        try
        {
            Use(bytes, tally);
        }
        catch (Exception unexpected)
        {
            throw new InvalidOperationException($"seed {seed}", unexpected);
        }
    }

    private static byte[] Original(ulong seed, bool syncFreelist)
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory("/data");
        var changes = new RandomTransactions(new SeededRandom(seed));
        var model = new BoltModel();
        using (BoltFile file = BoltFile.Open(disk, Path, Options(readOnly: false) with { SyncFreelist = syncFreelist }))
        {
            for (int i = 0; i < 40; i++)
            {
                using BoltWriteTransaction transaction = file.BeginWrite();
                changes.Change(transaction, model);
                BoltWriteBucket keys = transaction.CreateBucketIfMissing("key"u8);
                for (int j = 0; j < 20; j++)
                {
                    keys.Put(BoltModel.Bytes((1000 + (i * 20) + j).ToString(CultureInfo.InvariantCulture)), new byte[100]);
                }

                transaction.Commit();
            }
        }

        return disk.ReadAllBytes(Path);
    }

    private static void Damage(ref byte[] bytes, SeededRandom random)
    {
        for (int count = 1 + random.Next(4); count > 0; count--)
        {
            int page = random.Next(bytes.Length / 4096) * 4096;
            switch (random.Next(7))
            {
                case 0:
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[page + random.Next(16)] = (byte)random.NextUInt64();
                    break;
                case 2:
                    bytes[page + 16 + random.Next(200)] = (byte)random.NextUInt64();
                    break;
                case 3:
                    bytes.AsSpan(random.Next(bytes.Length / 4096) * 4096, 4096).CopyTo(bytes.AsSpan(page));
                    break;
                case 4:
                    BitConverter.TryWriteBytes(
                        bytes.AsSpan(page + 16 + (random.Next(30) * 16) + 8),
                        (ulong)random.Next(bytes.Length / 4096)
                    );
                    break;
                case 5:
                    bytes.AsSpan(page + (random.Next(8) * 512), 512).Clear();
                    break;
                default:
                    if (random.Next(8) == 0)
                    {
                        Array.Resize(ref bytes, Math.Max(4096, random.Next(bytes.Length)));
                    }

                    break;
            }
        }
    }

    private static void Use(byte[] bytes, Tally tally)
    {
        var disk = new MemoryDisk();
        disk.WriteAllBytes(Path, bytes);
        bool damaged = false;
        damaged |= Survives(() =>
        {
            using BoltFile file = BoltFile.Open(disk, Path, Options(readOnly: true));
            if (file.Check().Count > 0)
            {
                tally.FoundByCheck++;
                damaged = true;
            }

            using BoltReadTransaction read = file.BeginRead();
            Walk(read.Cursor(), name => read.Bucket(name));
            _ = read.Stats();
        });
        damaged |= Survives(() =>
        {
            using BoltFile file = BoltFile.Open(disk, Path, Options(readOnly: false));
            using BoltWriteTransaction transaction = file.BeginWrite();
            BoltWriteBucket? bucket = transaction.Bucket("bucket1"u8);
            bucket?.Put("a"u8, new byte[500]);
            bucket?.Delete("b"u8);
            transaction.Bucket("key"u8)?.Delete("1005"u8);
            transaction.DeleteBucket("bucket0"u8);
            transaction.Commit();
        });
        tally.Refused += damaged ? 1 : 0;
        tally.Sound += damaged ? 0 : 1;
    }

    private static bool Survives(Action use)
    {
        try
        {
            use();
            return false;
        }
        catch (BoltCorruptionException)
        {
            return true;
        }
        catch (InvalidOperationException misuse) when (misuse.Message == "the key names a bucket")
        {
            // Damage has made a bucket of a value.
            return true;
        }
    }

    private delegate BoltBucket? Opener(ReadOnlySpan<byte> name);

    private static void Walk(BoltCursor cursor, Opener open)
    {
        int steps = 0;
        for (bool found = cursor.SeekFirst(); found; found = cursor.Next())
        {
            Assert.True(++steps < MaxSteps, "a walk runs in circles");
            if (cursor.IsBucket && open(cursor.Key) is BoltBucket nested)
            {
                Walk(nested.Cursor(), nested.Bucket);
            }
        }

        steps = 0;
        for (bool found = cursor.SeekLast(); found; found = cursor.Previous())
        {
            Assert.True(++steps < MaxSteps, "a walk backwards runs in circles");
        }
    }

    private sealed class Tally
    {
        public int Refused { get; set; }

        public int FoundByCheck { get; set; }

        public int Sound { get; set; }

        public override string ToString() => $"refused {Refused}, found by check {FoundByCheck}, sound {Sound}";
    }
}
