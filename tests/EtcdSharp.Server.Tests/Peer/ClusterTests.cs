using EtcdSharp.Api;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Platform.Simulated;

namespace EtcdSharp.Server.Tests.Peer;

/// <summary>Three members over real connections: what a client may rely on while members come and go.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task APutAtAnyMemberIsReadLinearizablyAtAllAndSurvivesTheLeader()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        foreach (var name in cluster.Channels.Keys.ToArray())
        {
            await cluster.PutAsync(name, "at-" + name, name);
            foreach (var reader in cluster.Channels.Keys)
            {
                Assert.Equal(name, await cluster.GetAsync(reader, "at-" + name));
            }
        }

        var leader = cluster.Leader();
        await cluster.StopMemberAsync(leader);
        for (var i = 0; i < 20; i++)
        {
            await cluster.PutAnywhereAsync($"after-{i}", "written");
        }

        Assert.NotEqual(leader, cluster.Leader());
        await cluster.StartMemberAsync(leader);
        Assert.Equal("m1", await cluster.GetAsync(leader, "at-m1"));
        Assert.Equal("written", await cluster.GetAsync(leader, "after-19"));
        Assert.Single(await cluster.HashesAsync());
    }

    [Fact]
    public async Task AMemberThatWasAwayTooLongCatchesUpBySnapshot()
    {
        await using var cluster = await TestCluster.StartAsync(
            3,
            static options => options with { SnapshotCount = 50, SnapshotCatchUpEntries = 10 }
        );
        var away = cluster.Follower();
        var before = cluster.Members[away].Node.State.AppliedIndex;
        await cluster.StopMemberAsync(away);
        for (var i = 0; i < 300; i++)
        {
            await cluster.PutAnywhereAsync($"k{i}", $"v{i}");
        }

        await cluster.StartMemberAsync(away);
        var member = cluster.Members[away];
        await TestCluster.UntilAsync(
            () => member.Node.State.AppliedIndex >= before + 300,
            "the member that was away has applied everything"
        );
        await TestCluster.UntilAsync(() => member.ClientUrls.Count == 1, "the member serves clients again");
        Assert.Equal(1, member.StatesTakenOver);
        Assert.Equal("v299", await cluster.GetAsync(away, "k299"));
        Assert.Single(await cluster.HashesAsync());
    }

    /// <summary>The parts of the member are torn down by then: it can neither go on nor may it stay.</summary>
    [Fact]
    public async Task AStateThatCannotBeTakenOverEndsTheMember()
    {
        var fatal = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var cluster = await TestCluster.StartAsync(
            3,
            options =>
                options with
                {
                    SnapshotCount = 50,
                    SnapshotCatchUpEntries = 10,
                    Fatal = (_, failure) => fatal.TrySetResult(failure),
                }
        );
        var away = cluster.Follower();
        await cluster.StopMemberAsync(away);
        for (var i = 0; i < 300; i++)
        {
            await cluster.PutAnywhereAsync($"k{i}", $"v{i}");
        }

        cluster.DiskOf(away).Intercept = static operation =>
            operation.Kind == DiskOperationKind.Rename
            && operation.Path.EndsWith(".snap.db", StringComparison.Ordinal)
            && !operation.Path.Contains("tmp.", StringComparison.Ordinal)
                ? throw new NotSupportedException("no such failure was foreseen")
                : DiskVerdict.Proceed;

        // Whether it served before the snapshot came or not: whoever waits is told, or else the process ends.
        var starting = cluster.StartMemberAsync(away);
        var told = await Task.WhenAny(fatal.Task, starting).WaitAsync(TimeSpan.FromSeconds(60));
        if (told == starting && starting.IsCompletedSuccessfully)
        {
            Assert.IsType<NotSupportedException>(await fatal.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        }
        else
        {
            await Assert.ThrowsAsync<NotSupportedException>(async () => await starting);
        }
    }

    [Fact]
    public async Task AMemberIsAddedAsLearnerPromotedAndRemoved()
    {
        // The strict check wants connections that have stood for five seconds.
        await using var cluster = await TestCluster.StartAsync(1, static options => options with { StrictReconfigCheck = false });
        await cluster.PutAsync("m1", "before", "added");
        var url = cluster.Announce("m2");
        var channel = cluster.Channels["m1"];
        var added = await channel.UnaryAsync(
            ClusterMethods.MemberAdd,
            new MemberAddRequest { PeerURLs = { url }, IsLearner = true }
        );
        Assert.True(added.Member.IsLearner);
        await cluster.StartMemberAsync("m2", newCluster: false);
        var learner = cluster.Members["m2"];
        Assert.Equal(added.Member.ID, learner.MemberId);
        await TestCluster.UntilAsync(
            () => learner.Node.State.AppliedIndex >= cluster.Members["m1"].Node.State.AppliedIndex,
            "the learner has caught up"
        );
        await channel.UnaryAsync(ClusterMethods.MemberPromote, new MemberPromoteRequest { ID = learner.MemberId });
        await TestCluster.UntilAsync(
            () => learner.Store.Cluster.View.Find(learner.MemberId) is { IsLearner: false },
            "the learner knows of its promotion"
        );
        await cluster.PutAsync("m2", "after", "promoted");
        Assert.Equal("promoted", await cluster.GetAsync("m1", "after"));
        Assert.Equal("added", await cluster.GetAsync("m2", "before"));
        Assert.Single(await cluster.HashesAsync());

        await channel.UnaryAsync(ClusterMethods.MemberRemove, new MemberRemoveRequest { ID = learner.MemberId });
        await TestCluster.UntilAsync(() => learner.Completion.IsCompleted, "the removed member has stopped by itself");
        await cluster.PutAnywhereAsync("alone", "again");
    }

    [Fact]
    public async Task LeadershipMovesAndLeasesAreRenewedThroughAFollower()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var old = cluster.Leader();
        var target = cluster.Follower();
        await cluster
            .Channels[old]
            .UnaryAsync(MaintenanceMethods.MoveLeader, new MoveLeaderRequest { TargetID = cluster.Members[target].MemberId });
        await TestCluster.UntilAsync(
            () => cluster.Members.Values.All(member => member.Node.Log.LeaderId == cluster.Members[target].MemberId),
            "all members follow the new leader"
        );
        var granted = await cluster.Channels[old].UnaryAsync(LeaseMethods.LeaseGrant, new LeaseGrantRequest { TTL = 60 });
        var left = await cluster
            .Channels[old]
            .UnaryAsync(LeaseMethods.LeaseTimeToLive, new LeaseTimeToLiveRequest { ID = granted.ID });
        Assert.InRange(left.TTL, 50, 60);
        Assert.Equal(60, left.GrantedTTL);
    }

    [Fact]
    public async Task ACompactionLeavesTheMembersRunningThatWereNotAskedForIt()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        for (var i = 0; i < 10; i++)
        {
            await cluster.PutAsync("m1", "key", $"{i}");
        }

        foreach (var name in cluster.Channels.Keys.ToArray())
        {
            var revision = 3 + (2 * Array.IndexOf([.. cluster.Channels.Keys], name));
            await cluster.Channels[name].UnaryAsync(KvMethods.Compact, new CompactionRequest { Revision = revision });
            foreach (var reader in cluster.Channels.Keys)
            {
                Assert.Equal("9", await cluster.GetAsync(reader, "key"));
            }
        }
    }
}
