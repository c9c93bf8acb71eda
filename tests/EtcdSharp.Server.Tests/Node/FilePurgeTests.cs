using EtcdSharp.Node;
using EtcdSharp.Node.Snapshots;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Server.Tests.Auth;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Snap;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Node;

public sealed class FilePurgeTests
{
    /// <summary>Who compares or copies the files of a member counts on those of the last half minute.</summary>
    [Fact]
    public void Old_files_go_at_the_start_and_every_half_minute_and_not_as_soon_as_there_are_newer_ones()
    {
        var (disk, clock) = (new MemoryDisk(), new ManualClock());
        var data = new DataDirectory(disk, "/data");
        data.Create();
        var snapshots = new SnapshotDirectory(disk, data.SnapPath, NullLogger.Instance);
        var purge = new FilePurge(snapshots, data, disk, clock, new NodeOptions(), NullLogger.Instance);
        Add(1, 7);
        Assert.Equal(0, purge.NextInMs);
        purge.RunIfDue();
        Assert.Equal([7, 6, 5, 4, 3], Indexes());

        Add(8, 9);
        purge.RunIfDue();
        clock.Advance(TimeSpan.FromSeconds(29.999));
        purge.RunIfDue();
        Assert.Equal(1, purge.NextInMs);
        Assert.Equal(7, Indexes().Length);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        purge.RunIfDue();
        Assert.Equal([9, 8, 7, 6, 5], Indexes());

        void Add(int first, int last)
        {
            for (var index = first; index <= last; index++)
            {
                using var file = disk.Open($"{data.SnapPath}/{new SnapshotFileName(1, (ulong)index)}", DiskOpen.CreateNew);
            }
        }

        int[] Indexes() => [.. snapshots.List().Select(file => (int)file.Index)];
    }
}
