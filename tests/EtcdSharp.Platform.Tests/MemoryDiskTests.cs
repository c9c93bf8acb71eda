using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;

namespace EtcdSharp.Platform.Tests;

/// <summary>The disk in memory: what survives a power loss, and the faults it can be given.</summary>
public sealed class MemoryDiskTests
{
    private const int Seeds = 200;

    private readonly MemoryDisk _disk = new();

    public MemoryDiskTests()
    {
        _disk.CreateDirectory("/data");
        _disk.SyncDirectory("/");
    }

    [Fact]
    public void Synced_data_survives_and_anything_else_may_be_lost_kept_or_torn()
    {
        using IDiskFile file = _disk.Open("/data/f", DiskOpen.CreateNew);
        file.WriteAt(0, Filled(4096, 1));
        file.SyncData();
        _disk.SyncDirectory("/data");
        file.WriteAt(1024, Filled(2048, 2));
        file.WriteAt(4096, Filled(4096, 3));
        var seen = new HashSet<string>();
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            byte[] bytes = _disk.AfterPowerLoss(seed).ReadAllBytes("/data/f");
            Assert.True(bytes.AsSpan(0, 1024).IndexOfAnyExcept((byte)1) < 0, "synced bytes have changed");
            Assert.True(bytes.AsSpan(3072, 1024).IndexOfAnyExcept((byte)1) < 0, "synced bytes have changed");
            for (int at = 1024; at < 3072; at += 512)
            {
                Assert.True(bytes.AsSpan(at, 512).IndexOfAnyExcept(bytes[at]) < 0, "a sector is torn inside");
            }

            int kept = Enumerable.Range(0, 4).Count(sector => bytes[1024 + (sector * 512)] == 2);
            seen.Add(
                kept switch
                {
                    0 => "lost",
                    4 => "kept",
                    _ => "torn",
                }
            );
            seen.Add(bytes.Length == 4096 ? "length lost" : "length kept");
        }

        Assert.Equal(["kept", "length kept", "length lost", "lost", "torn"], seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_same_seed_gives_the_same_image()
    {
        using IDiskFile file = _disk.Open("/data/f", DiskOpen.CreateNew);
        for (int i = 0; i < 50; i++)
        {
            file.WriteAt(i * 700, Filled(700, (byte)i));
        }

        _disk.SyncDirectory("/data");
        for (ulong seed = 0; seed < 20; seed++)
        {
            Assert.Equal(_disk.AfterPowerLoss(seed).ReadAllBytes("/data/f"), _disk.AfterPowerLoss(seed).ReadAllBytes("/data/f"));
        }
    }

    [Fact]
    public void Names_survive_only_after_the_directory_was_synced()
    {
        Put("/data/old", 1);
        _disk.SyncDirectory("/data");
        Put("/data/new", 2);
        _disk.Rename("/data/new", "/data/old");
        var outcomes = new HashSet<string>();
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            MemoryDisk image = _disk.AfterPowerLoss(seed);
            outcomes.Add($"{string.Join(',', image.ListNames("/data"))}={image.ReadAllBytes("/data/old")[0]}");
        }

        // Before the creation, between creation and renaming, after both: the old name always leads to one whole file.
        Assert.Equal(["new,old=1", "old=1", "old=2"], outcomes.Order(StringComparer.Ordinal));
        _disk.SyncDirectory("/data");
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            Assert.Equal(2, _disk.AfterPowerLoss(seed).ReadAllBytes("/data/old")[0]);
        }
    }

    [Fact]
    public void A_killed_process_loses_nothing()
    {
        using IDiskFile file = _disk.Open("/data/f", DiskOpen.CreateNew);
        file.WriteAt(0, Filled(3000, 9));
        MemoryDisk image = _disk.AfterProcessCrash();
        Assert.Equal(Filled(3000, 9), image.ReadAllBytes("/data/f"));
        using IDiskFile again = image.Open("/data/f", DiskOpen.WriteExisting);
        Assert.True(again.TryLock(exclusive: true));
    }

    [Fact]
    public void Faults_are_injected_where_the_test_wants_them()
    {
        using IDiskFile file = _disk.Open("/data/f", DiskOpen.CreateNew);
        _disk.SyncDirectory("/data");
        _disk.Intercept = step => step.Kind == DiskOperationKind.Write ? throw new IOException("no") : DiskVerdict.Proceed;
        Assert.Throws<IOException>(() => file.WriteAt(0, [1]));
        Assert.Equal(0, file.Length);
        _disk.Intercept = step => step.Kind == DiskOperationKind.SyncData ? DiskVerdict.Skip : DiskVerdict.Proceed;
        file.WriteAt(0, Filled(512, 1));
        file.SyncData();
        Assert.Contains(
            Enumerable.Range(0, Seeds),
            seed => _disk.AfterPowerLoss((ulong)seed).ReadAllBytes("/data/f").Length == 0
        );
        _disk.Intercept = null;
        file.SyncData();
        Assert.DoesNotContain(
            Enumerable.Range(0, Seeds),
            seed => _disk.AfterPowerLoss((ulong)seed).ReadAllBytes("/data/f").Length == 0
        );
        _disk.CapacityBytes = 1000;
        Assert.Throws<DiskFullException>(() => file.WriteAt(512, Filled(512, 1)));
        file.WriteAt(512, Filled(400, 1));
    }

    [Fact]
    public unsafe void A_map_shows_what_is_there_and_what_comes()
    {
        using IDiskFile file = _disk.Open("/data/f", DiskOpen.CreateNew);
        file.WriteAt(5000, "abc"u8);
        using IFileMap map = file.Map(10L << 30);
        Assert.Equal((byte)'a', map.Address[5000]);
        file.WriteAt(9000, "x"u8);
        Assert.Equal((byte)'x', map.Address[9000]);
        Assert.Equal(0, map.Address[4999]);
    }

    [Fact]
    public void Directories_are_created_listed_moved_and_deleted()
    {
        _disk.CreateDirectory("/data/a/b");
        Put("/data/a/b/f", 1);
        Assert.Equal(["b"], _disk.ListNames("/data/a"));
        _disk.Rename("/data/a", "/data/c");
        Assert.True(_disk.FileExists("/data/c/b/f"));
        Assert.False(_disk.DirectoryExists("/data/a"));
        _disk.DeleteDirectory("/data/c");
        Assert.Empty(_disk.ListNames("/data"));
        Assert.Throws<DirectoryNotFoundException>(() => _disk.Open("/data/c/g", DiskOpen.CreateNew));
        Assert.Throws<FileNotFoundException>(() => _disk.Open("/data/g", DiskOpen.ReadExisting));
    }

    private static byte[] Filled(int count, byte value)
    {
        byte[] bytes = new byte[count];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    private void Put(string path, byte value)
    {
        using IDiskFile file = _disk.Open(path, DiskOpen.CreateNew);
        file.WriteAt(0, [value]);
        file.SyncData();
    }
}
