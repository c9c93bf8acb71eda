using System.Text;
using EtcdSharp.Platform;

namespace EtcdSharp.Platform.Tests;

/// <summary>The real file system, in a scratch folder.</summary>
public sealed class SystemDiskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("etcdsharp-disk-").FullName;
    private readonly SystemDisk _disk = SystemDisk.Instance;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_and_folders_are_the_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix modes");
        _disk.CreateDirectory(At("a/b"));
        _disk.Open(At("a/b/f"), DiskOpen.CreateNew).Dispose();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("a/b/f")));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(At("a"))
            );
        }
    }

    [Fact]
    public void Opening_keeps_to_its_mode()
    {
        Assert.Throws<FileNotFoundException>(() => _disk.Open(At("f"), DiskOpen.ReadExisting));
        Assert.Throws<FileNotFoundException>(() => _disk.Open(At("f"), DiskOpen.WriteExisting));
        _disk.Open(At("f"), DiskOpen.CreateNew).Dispose();
        IOException there = Assert.Throws<IOException>(() => _disk.Open(At("f"), DiskOpen.CreateNew));
        Assert.Contains(At("f"), there.Message, StringComparison.Ordinal);
        using IDiskFile read = _disk.Open(At("f"), DiskOpen.ReadExisting);
        IOException refused = Assert.Throws<IOException>(() => read.WriteAt(0, [1]));
        Assert.Contains("pwrite of '" + At("f"), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_writes_and_lengths()
    {
        using IDiskFile file = _disk.Open(At("f"), DiskOpen.OpenOrCreate);
        file.WriteAt(10_000, "hello"u8);
        Assert.Equal(10_005, file.Length);
        byte[] buffer = new byte[20];
        Assert.Equal(15, file.ReadAt(9990, buffer));
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 10, 5));
        Assert.Equal(0, file.ReadAt(20_000, buffer));
        file.SetLength(10_002);
        Assert.Equal(12, file.ReadAt(9990, buffer));
        file.Preallocate(1 << 20);
        Assert.Equal(1 << 20, file.Length);
        file.SyncData();
        _disk.SyncDirectory(_folder);
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Length);
    }

    [Fact]
    public void Locks_exclude_other_openers()
    {
        using IDiskFile one = _disk.Open(At("f"), DiskOpen.OpenOrCreate);
        IDiskFile two = _disk.Open(At("f"), DiskOpen.OpenOrCreate);
        using IDiskFile three = _disk.Open(At("f"), DiskOpen.ReadExisting);
        Assert.True(one.TryLock(exclusive: true));
        Assert.False(two.TryLock(exclusive: true));
        Assert.False(two.TryLock(exclusive: false));
        one.Dispose();
        Assert.True(two.TryLock(exclusive: false));
        Assert.True(three.TryLock(exclusive: false));
        using IDiskFile four = _disk.Open(At("f"), DiskOpen.OpenOrCreate);
        Assert.False(four.TryLock(exclusive: true));
        two.Dispose();
        three.Dispose();
        Assert.True(four.TryLock(exclusive: true));
    }

    [Fact]
    public unsafe void A_map_shows_later_writes_and_may_be_longer_than_the_file()
    {
        using IDiskFile file = _disk.Open(At("f"), DiskOpen.OpenOrCreate);
        file.WriteAt(0, "abc"u8);
        using IFileMap map = file.Map(1 << 20);
        Assert.Equal("abc", Encoding.ASCII.GetString(map.Address, 3));
        file.WriteAt(100_000, "xyz"u8);
        Assert.Equal("xyz", Encoding.ASCII.GetString(map.Address + 100_000, 3));
    }

    [Fact]
    public void Names_are_listed_in_ordinal_order_and_renaming_replaces()
    {
        foreach (string name in new[] { "b", "B", "a", "ä" })
        {
            using IDiskFile file = _disk.Open(At(name), DiskOpen.CreateNew);
            file.WriteAt(0, Encoding.UTF8.GetBytes(name));
        }

        _disk.CreateDirectory(At("d/e"));
        Assert.Equal(["B", "a", "b", "d", "ä"], _disk.ListNames(_folder));
        _disk.Rename(At("a"), At("b"));
        Assert.False(_disk.FileExists(At("a")));
        Assert.Equal("a", File.ReadAllText(At("b")));
        _disk.Rename(At("d"), At("g"));
        Assert.True(_disk.DirectoryExists(At("g/e")));
        _disk.DeleteDirectory(At("g"));
        _disk.DeleteFile(At("b"));
        Assert.Equal(["B", "ä"], _disk.ListNames(_folder));
        Assert.Throws<FileNotFoundException>(() => _disk.DeleteFile(At("b")));
        Assert.Throws<FileNotFoundException>(() => _disk.SyncDirectory(At("missing")));
    }

    [Fact]
    public void A_full_device_is_told_apart()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "/dev/full is missing");
        using IDiskFile full = _disk.Open("/dev/full", DiskOpen.WriteExisting);
        DiskFullException failure = Assert.Throws<DiskFullException>(() => full.WriteAt(0, [1]));
        Assert.Contains("/dev/full", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Clock_and_randomness_move()
    {
        long before = SystemClock.Instance.MonotonicNanoseconds;
        long wall = SystemClock.Instance.UtcNow.Ticks;
        SpinWait.SpinUntil(() => SystemClock.Instance.UtcNow.Ticks > wall);
        Assert.True(SystemClock.Instance.MonotonicNanoseconds > before);
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => SystemRandomness.Instance.NextUInt64()).Distinct().Count());
    }

    private string At(string name) => Path.Combine(_folder, name);
}
