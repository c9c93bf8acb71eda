using EtcdSharp.Platform.Simulated;
using EtcdSharp.Raft;

namespace EtcdSharp.Server.Tests.Peer;

public sealed class SnapshotSendingTests
{
    /// <summary>A commit may take as long as the disk does; what is applied meanwhile waits for it in the batch.</summary>
    [Fact]
    public async Task TheStoreIsTakenForAnotherMemberWithoutHoldingUpWhatIsApplied()
    {
        await using var cluster = await TestCluster.StartAsync(
            3,
            static options => options with { SnapshotCount = 50, SnapshotCatchUpEntries = 10 }
        );
        var (leader, away) = (cluster.Leader(), cluster.Follower());
        var awayId = cluster.Members[away].MemberId;
        await cluster.StopMemberAsync(away);
        for (var i = 0; i < 150; i++)
        {
            await cluster.PutAsync(leader, $"k{i}", "v");
        }

        await TestCluster.UntilAsync(
            () => cluster.Members[leader].Node.Loop.Call(node => node.BasicStatus.FirstIndex) > 60,
            "the leader's log does not reach back to the member that is away"
        );

        using var goesOn = new ManualResetEventSlim();
        cluster.DiskOf(leader).Intercept = step =>
        {
            if (step.Kind == DiskOperationKind.SyncData && step.Path.EndsWith("/db", StringComparison.Ordinal))
            {
                goesOn.Wait();
            }

            return DiskVerdict.Proceed;
        };
        try
        {
            var comesBack = cluster.StartMemberAsync(away);
            await TestCluster.UntilAsync(() => ProgressOf(awayId) == ProgressState.Snapshot, "the leader is to send its store");
            await cluster.PutAsync(leader, "meanwhile", "v");
            goesOn.Set();
            await comesBack;
            await TestCluster.UntilAsync(
                () => cluster.Members[away].StatesTakenOver == 1,
                "the member that was away has the store of the leader"
            );
        }
        finally
        {
            goesOn.Set();
            cluster.DiskOf(leader).Intercept = null;
        }

        await TestCluster.UntilAsync(() => cluster.Members[away].ClientUrls.Count == 1, "it serves clients");
        Assert.Equal("v", await cluster.GetAsync(away, "meanwhile"));
        Assert.Single(await cluster.HashesAsync());

        ProgressState? ProgressOf(ulong id) =>
            cluster
                .Members[leader]
                .Node.Loop.Call(node =>
                    node.Status().Progress.Where(one => one.Id == id).Select(one => (ProgressState?)one.State)
                )
                ?.FirstOrDefault();
    }
}
