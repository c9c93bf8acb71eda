using EtcdSharp.Api;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Peer;

/// <summary>A member that was removed says so and ends; one that nobody removed stays, whatever its log lacks.</summary>
public sealed class RemovedMemberTests
{
    [Fact]
    public async Task One_that_is_started_again_says_that_it_was_removed()
    {
        await using var cluster = await StartAsync(3);
        var name = cluster.Follower();
        var removed = cluster.Members[name];
        await RemoveAsync(cluster, name);
        await TestCluster.UntilAsync(() => removed.Completion.IsCompleted, "the removed member has stopped by itself");
        var told = await Assert.ThrowsAsync<MemberRemovedException>(() => cluster.StartMemberAsync(name));
        Assert.Contains("permanently removed from the cluster", told.Message, StringComparison.Ordinal);
        Assert.Contains("/member", told.Message, StringComparison.Ordinal);
        Assert.Contains("member add", told.Message, StringComparison.Ordinal);
    }

    /// <summary>Its own log does not say so: it must be told by the members that it knows.</summary>
    [Fact]
    public async Task One_that_was_away_when_it_was_removed_is_told_by_the_others()
    {
        await using var cluster = await StartAsync(3);
        var name = cluster.Follower();
        var id = cluster.Members[name].MemberId;
        await cluster.StopMemberAsync(name);
        await RemoveAsync(cluster, id);
        await Assert.ThrowsAsync<MemberRemovedException>(() => cluster.StartMemberAsync(name));
    }

    /// <summary>Its log says whose it is and nothing of the others: it lives on what they tell it, and answers whom it does not know.</summary>
    [Fact]
    public async Task One_that_ended_before_it_had_applied_anything_joins_at_its_next_start()
    {
        await using var cluster = await StartAsync(1);
        await cluster.PutAsync("m1", "before", "joined");
        var url = cluster.Announce("m2");
        var first = cluster.Members["m1"];
        var added = await cluster
            .Channels["m1"]
            .UnaryAsync(ClusterMethods.MemberAdd, new MemberAddRequest { PeerURLs = { url }, IsLearner = true });
        var disk = cluster.DiskOf("m2");
        using (var log = Begin(disk, first, url, out var backend))
        using (backend)
        {
            log.Sync();
        }

        await cluster.StartMemberAsync("m2", newCluster: false);
        Assert.Equal(added.Member.ID, cluster.Members["m2"].MemberId);
        await TestCluster.UntilAsync(
            () => cluster.Members["m2"].Node.State.AppliedIndex >= first.Node.State.AppliedIndex,
            "the learner has caught up"
        );
        Assert.Equal(0, cluster.Members["m2"].Peers.Transport.RemoteCount);
        Assert.NotNull(cluster.Members["m2"].Peers.Transport.Find(first.MemberId));
    }

    private static WriteAheadLog Begin(MemoryDisk disk, Member first, string url, out BackendStore backend)
    {
        var bootstrap = new MemberBootstrap(
            disk,
            new DataDirectory(disk, "/member", null),
            new WalOptions { Clock = EtcdSharp.Platform.SystemClock.Instance },
            new BackendOptions(),
            _ => new ExistingCluster(first.ClusterId, first.Store.Cluster.View.Members),
            NullLogger.Instance
        );
        var start = bootstrap.Run(
            new BootstrapOptions
            {
                Name = "m2",
                ClusterToken = "etcd-cluster",
                NewCluster = false,
                InitialCluster = BootstrapOptions.Group([("m1", first.Peers.Identity.PeerUrls[0]), ("m2", url)]),
            }
        );
        backend = start.Backend;
        return start.Log;
    }

    private static Task<TestCluster> StartAsync(int count) =>
        TestCluster.StartAsync(count, static options => options with { StrictReconfigCheck = false });

    private static Task RemoveAsync(TestCluster cluster, string name) => RemoveAsync(cluster, cluster.Members[name].MemberId);

    private static async Task RemoveAsync(TestCluster cluster, ulong id) =>
        await cluster.Channels[cluster.Leader()].UnaryAsync(ClusterMethods.MemberRemove, new MemberRemoveRequest { ID = id });
}
