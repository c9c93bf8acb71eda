using EtcdSharp.Platform;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Storage.Snap;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void FoldersAreTheOwnersAlone()
    {
        var data = new DataDirectory(SystemDisk.Instance, _scratch.In("data"));
        data.Create();
        data.Create();

        Assert.False(data.HasLog);
        Assert.False(data.HasStore);
        Assert.Equal(_scratch.In("data", "member", "snap", "db"), data.StorePath);
        foreach (var path in new[] { data.Root, data.MemberPath, data.SnapPath })
        {
            Assert.True(Directory.Exists(path));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                    File.GetUnixFileMode(path)
                );
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("elsewhere/log")]
    public void LogIsFoundInItsPlaceAndElsewhere(string? walPath)
    {
        var data = new DataDirectory(SystemDisk.Instance, _scratch.In("data"), walPath is null ? null : _scratch.In(walPath));
        data.Create();
        TestLog.Create(data.WalPath).Dispose();

        Assert.True(data.HasLog);
        Assert.Equal(walPath is null, Directory.Exists(_scratch.In("data", "member", "wal")));
    }

    [Fact]
    public void LeftoversAreDeletedAndTheStoreStays()
    {
        var data = new DataDirectory(SystemDisk.Instance, _scratch.In("data"));
        data.Create();
        File.WriteAllText(data.StorePath, "store");
        File.WriteAllText(Path.Combine(data.SnapPath, "tmp.0000000000000007.snap.db"), "half");

        data.DeleteLeftovers(NullLogger.Instance);

        Assert.Equal([data.StorePath], Directory.GetFiles(data.SnapPath));
        Assert.True(data.HasStore);
    }
}
