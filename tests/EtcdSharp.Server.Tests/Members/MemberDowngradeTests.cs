using EtcdSharp.Api;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Server.Tests.Peer;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Backend.Migration;
using EtcdSharp.Storage.Bolt;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Snap.V2;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>
/// What a member leaves behind for the older release that the cluster was downgraded to: that release ends on an entry
/// of the log that sets a version above its own, and on a store whose version is above its own.
/// </summary>
public sealed class MemberDowngradeTests
{
    private static readonly EtcdVersion Target = new(3, 6, 0);
    private static readonly DataDirectory Paths = new(new MemoryDisk(), TestMember.Directory);

    [Fact]
    public async Task After_a_downgrade_nothing_in_the_log_sets_the_version_before()
    {
        await using var member = await StartAtServerVersionAsync();
        await EnableAsync(member);
        await TestCluster.UntilAsync(
            () => member.Member.Store.Cluster.StorageVersion == Target,
            "the storage version follows the cluster's"
        );
        var (id, revision) = (member.Member.MemberId, member.Member.Store.Kv.CurrentRevision);
        await member.DisposeAsync();

        Assert.Equal((StorageVersion.V3_6, false), Look(member.Disk));
        var snapshot = new SnapshotDirectory(member.Disk, Paths.SnapPath, NullLogger.Instance).LoadNewest();
        var membership = V2StoreDocument.TryRead(snapshot!.Data, out _)!;
        Assert.Equal("3.6.0", membership.ClusterVersion);
        Assert.Equal([id], membership.Members.Select(one => one.Id));
        Assert.Equal(2, revision);
    }

    /// <summary>The operator sees the version of the cluster fall and stops the member at once.</summary>
    [Fact]
    public async Task A_member_that_is_stopped_as_the_version_falls_takes_the_snapshot_before_it_ends()
    {
        await using var member = await StartAtServerVersionAsync();
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        member.Member.Store.Cluster.Changed += view => _ = view.Version == Target && stop.TrySetResult();
        await EnableAsync(member);
        await stop.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await member.DisposeAsync();

        Assert.Equal((StorageVersion.V3_6, false), Look(member.Disk));
    }

    [Fact]
    public async Task A_power_loss_at_any_step_leaves_a_directory_for_one_release_or_the_other()
    {
        await using var member = await StartAtServerVersionAsync();
        var (gate, looks) = (new Lock(), new List<(StorageVersion? Storage, bool SetsNewer)>());
        MemoryDisk? between = null;
        member.Disk.Intercept = _ =>
        {
            lock (gate)
            {
                var image = member.Disk.AfterPowerLoss((ulong)looks.Count);
                looks.Add(Look(image));
                if (looks[^1] is (not null, true) && ClusterVersionOf(image) == Target)
                {
                    between = image;
                }
            }

            return DiskVerdict.Proceed;
        };
        await EnableAsync(member);
        await TestCluster.UntilAsync(
            () => member.Member.Store.Cluster.StorageVersion == Target,
            "the storage version follows the cluster's"
        );
        await member.DisposeAsync();
        member.Disk.Intercept = null;

        // While the log sets the newer version, the store says that only the newer release may start here.
        Assert.DoesNotContain((StorageVersion.V3_6, true), looks);
        Assert.Contains((StorageVersion.V3_7, true), looks);

        // Who comes back between the two takes the snapshot that was due.
        Assert.NotNull(between);
        await using (var again = await TestMember.StartAsync(between, Short))
        {
            await TestCluster.UntilAsync(
                () => again.Member.Store.Cluster.StorageVersion == Target,
                "the snapshot is taken at the next start"
            );
        }

        Assert.Equal((StorageVersion.V3_6, false), Look(between));
    }

    [Fact]
    public async Task A_downgrade_that_is_called_off_lets_the_versions_rise_again()
    {
        await using var member = await StartAtServerVersionAsync();
        var cluster = member.Member.Store.Cluster;
        for (var round = 0; round < 2; round++)
        {
            await EnableAsync(member);
            await TestCluster.UntilAsync(() => cluster.StorageVersion == Target, "the storage version falls");
            await CallAsync(member, DowngradeRequest.Types.DowngradeAction.Cancel);
            await TestCluster.UntilAsync(
                () => cluster.View.Version == EtcdVersion.Server.Release && cluster.StorageVersion == EtcdVersion.Server.Release,
                "both versions rise"
            );
        }

        await member.DisposeAsync();
        Assert.Equal(StorageVersion.V3_7, Look(member.Disk).Storage);
    }

    [Fact]
    public async Task A_downgrade_ends_when_all_members_have_arrived()
    {
        await using var member = await StartAtServerVersionAsync();
        await EnableAsync(member);
        await TestCluster.UntilAsync(() => member.Member.Store.Cluster.StorageVersion == Target, "the storage version falls");
        await using var older = await member.RestartAsync(options =>
            Short(options) with
            {
                EmulatedVersion = "3.6",
                DowngradeCheckTime = TimeSpan.FromMilliseconds(20),
            }
        );
        await TestCluster.UntilAsync(() => !older.Member.Store.Cluster.View.Downgrade.Enabled, "the downgrade ends by itself");
        Assert.Equal(Target, older.Member.Store.Cluster.View.Version);
    }

    private static MemberOptions Short(MemberOptions options) => options with { WalSegmentBytes = 64 << 10 };

    private static async Task<TestMember> StartAtServerVersionAsync()
    {
        var member = await TestMember.StartAsync(configure: Short);
        await member.PutAsync("key", "value");
        await TestCluster.UntilAsync(
            () => member.Member.Store.Cluster.View.Version == EtcdVersion.Server.Release,
            "the cluster has its first version"
        );
        return member;
    }

    private static Task EnableAsync(TestMember member) => CallAsync(member, DowngradeRequest.Types.DowngradeAction.Enable);

    private static async Task CallAsync(TestMember member, DowngradeRequest.Types.DowngradeAction action) =>
        await member.Channel.UnaryAsync(
            MaintenanceMethods.Downgrade,
            new DowngradeRequest { Action = action, Version = Target.ToString() }
        );

    /// <summary>The version of the store, and whether the log that a start reads sets a version above the target.</summary>
    private static (StorageVersion? Storage, bool SetsNewer) Look(MemoryDisk disk)
    {
        using var store = BoltFile.Open(disk, Paths.StorePath, new BoltOptions());
        var marks = WalReading.ValidSnapshots(disk, Paths.WalPath);
        var entries = WalReading.ReadAll(disk, Paths.WalPath, marks[^1]).Entries;
        return (StorageMigration.Detect(store), VersionEntries.SetNewer(entries, ulong.MaxValue, Target));
    }

    private static EtcdVersion? ClusterVersionOf(MemoryDisk disk)
    {
        using var store = BackendStore.Open(
            disk,
            Paths.StorePath,
            new BackendOptions { OwnThread = false, CommitFailed = static failure => throw failure }
        );
        return ClusterState.Load(store).Version;
    }
}
