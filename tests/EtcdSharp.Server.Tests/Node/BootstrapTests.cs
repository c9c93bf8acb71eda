using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Server.Tests.Members;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Node;

public sealed class BootstrapTests
{
    private static readonly BootstrapOptions Alone = new()
    {
        Name = "default",
        ClusterToken = "etcd-cluster",
        InitialCluster = [("default", ["http://localhost:2380"])],
    };

    [Fact]
    public async Task A_lone_member_that_ended_before_its_first_append_leads_after_a_restart()
    {
        var disk = new MemoryDisk();
        var first = Run(disk, Alone);
        Assert.Single(first.NewMembers);

        // Nothing was appended: the log says whose it is, and not who the members are.
        var second = Run(disk, Alone);
        Assert.Equal(first.MemberId, second.MemberId);
        Assert.Equal(first.NewMembers, second.NewMembers, (one, other) => one.Id == other.Id);

        await using var member = await TestMember.StartAsync(disk);
        Assert.Equal(first.MemberId, member.Member.MemberId);
        await member.PutAsync("key", "value");
    }

    [Fact]
    public async Task A_member_that_has_written_goes_by_its_log_alone()
    {
        var disk = new MemoryDisk();
        await using (var member = await TestMember.StartAsync(disk))
        {
            await member.PutAsync("key", "value");
        }

        Assert.Empty(Run(disk, Alone).NewMembers);
    }

    [Fact]
    public void A_member_that_joins_is_not_made_a_cluster_of_its_own()
    {
        var disk = new MemoryDisk();
        Run(disk, Alone);
        Assert.Empty(Run(disk, Alone with { NewCluster = false }).NewMembers);
        Assert.Empty(Run(disk, Alone with { ClusterToken = "other" }).NewMembers);
    }

    [Fact]
    public async Task A_store_behind_the_snapshot_of_its_log_is_refused_in_etcds_words()
    {
        var disk = new MemoryDisk();
        await using (var member = await TestMember.StartAsync(disk))
        {
            await member.PutAsync("key", "old");
        }

        var path = new DataDirectory(disk, TestMember.Directory).StorePath;
        var old = disk.ReadAllBytes(path);
        await using (var member = await TestMember.StartAsync(disk, options => options with { SnapshotCount = 5 }))
        {
            for (var i = 0; i < 20; i++)
            {
                await member.PutAsync("key", $"{i}");
            }
        }

        disk.WriteAllBytes(path, old);
        var behind = Assert.Throws<BootstrapException>(() => Run(disk, Alone));
        Assert.StartsWith(
            $"failed to find database snapshot file (snap: snapshot file doesn't exist): {path} has index ",
            behind.Message,
            StringComparison.Ordinal
        );

        disk.DeleteFile(path);
        var missing = Assert.Throws<BootstrapException>(() => Run(disk, Alone));
        Assert.Equal($"database file ({path}) of the backend is missing", missing.Message);
    }

    private static StartingPoint Run(MemoryDisk disk, BootstrapOptions options)
    {
        var data = new DataDirectory(disk, TestMember.Directory);
        var bootstrap = new MemberBootstrap(
            disk,
            data,
            new WalOptions { Clock = SystemClock.Instance },
            new BackendOptions(),
            static _ => null,
            NullLogger.Instance
        );
        var start = bootstrap.Run(options);
        start.Log.Dispose();
        start.Backend.Dispose();
        return start;
    }
}
