using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Server.Tests.Peer;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Snap;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Members;

public sealed class MemberSnapshotTests
{
    private static readonly DataDirectory Paths = new(new MemoryDisk(), TestMember.Directory);

    /// <summary>Raft had no use for the first of these stores: the member was ahead of them when they came.</summary>
    [Fact]
    public async Task Received_stores_that_nothing_refers_to_go_with_the_next_snapshot()
    {
        await using var member = await TestMember.StartAsync(configure: options => options with { SnapshotCount = 10 });
        string[] left = ["00000000000f4240.snap.db", "tmp.0000000000000002.snap.db", "x.snap.db"];
        foreach (var name in (string[])["0000000000000001.snap.db", .. left])
        {
            using var file = member.Disk.Open($"{Paths.SnapPath}/{name}", DiskOpen.CreateNew);
        }

        for (var i = 0; i < 20; i++)
        {
            await member.PutAsync("key", "value");
        }

        await TestCluster.UntilAsync(() => !Stores().Contains("0000000000000001.snap.db"), "the older store goes");
        Assert.Equal(left, Stores());

        string[] Stores() =>
            [
                .. member
                    .Disk.ListNames(Paths.SnapPath)
                    .Where(name => name.EndsWith(SnapshotDirectory.DatabaseSuffix, StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal),
            ];
    }
}
