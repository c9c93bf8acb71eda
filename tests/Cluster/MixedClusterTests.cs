using System.Globalization;
using EtcdSharp.Cluster.Clients;

namespace EtcdSharp.Cluster;

/// <summary>Real etcd members and ours in one cluster, under load.</summary>
public sealed class MixedClusterTests(ITestOutputHelper output)
{
    private const int Heartbeat = 100;
    private const int Election = 1000;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    [Theory]
    [InlineData(ServerKind.Real, ServerKind.Ours, ServerKind.Ours)]
    [InlineData(ServerKind.Real, ServerKind.Real, ServerKind.Ours)]
    public async Task EveryMemberLeadsInTurnAndAllHoldTheSame(params ServerKind[] kinds)
    {
        if (kinds.Count(kind => kind == ServerKind.Real) > 1)
        {
            LongRun.Require();
        }

        await using var cluster = await StartAsync(kinds);
        await using var load = new WriteLoad(cluster, writers: 4, keysEach: 50, s_pause);
        var revisions = new List<long>();
        foreach (var member in cluster.Members)
        {
            await cluster.MoveLeaderAsync(member);
            var before = load.Count;
            await load.UntilCountAsync(before + 150, TimeSpan.FromSeconds(10));
            revisions.Add(load.LastRevision);
        }

        await load.StopAndVerifyAsync([.. revisions]);
    }

    /// <summary>Each member is stopped and started as the other program with the files that it has.</summary>
    [Fact]
    public async Task AllMembersAreReplacedOneByOneAndBackWhileAClientWrites()
    {
        await using var cluster = await StartAsync([ServerKind.Real, ServerKind.Real, ServerKind.Real]);
        await using var load = new WriteLoad(cluster, writers: 2, keysEach: 50, s_pause);
        var revisions = new List<long>();
        foreach (var kind in (ServerKind[])[ServerKind.Ours, ServerKind.Real])
        {
            foreach (var member in cluster.Members)
            {
                await member.StopAsync();
                member.Kind = kind;
                await cluster.StartAndWaitAsync(member);
                var before = load.Count;
                await load.UntilCountAsync(before + 50, TimeSpan.FromSeconds(10));
                revisions.Add(load.LastRevision);
            }
        }

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{load.Count} writes, the longest time without one {load.LongestGap.TotalMilliseconds:F0} ms"
            )
        );
        await load.StopAndVerifyAsync([.. revisions]);
    }

    /// <summary>Each member is removed and another one of the other kind added in its place.</summary>
    [Theory]
    [InlineData(ServerKind.Real, ServerKind.Ours)]
    [InlineData(ServerKind.Ours, ServerKind.Real)]
    public async Task AllMembersAreRemovedAndOthersAddedWhileAClientWrites(ServerKind old, ServerKind next)
    {
        LongRun.Require();
        await using var cluster = await StartAsync([old, old, old]);
        await using var load = new WriteLoad(cluster, writers: 2, keysEach: 50, s_pause);
        foreach (var member in cluster.Members.ToArray())
        {
            var through = cluster.Members.First(other => other != member);
            await cluster.RemoveAsync(member, through);

            // Until another one leads, etcd's members pass a change on to the leader that is gone, and it is never answered.
            await cluster.LeaderAsync();
            var added = await cluster.AddAsync(next, through);
            await cluster.WaitUntilServingAsync(added);
        }

        Assert.All(cluster.Members, member => Assert.Equal(next, member.Kind));
        await load.StopAndVerifyAsync();
    }

    [Theory]
    [InlineData(ServerKind.Real, ServerKind.Ours)]
    [InlineData(ServerKind.Ours, ServerKind.Real)]
    public async Task AMemberThatWasAwayGetsTheSnapshotOfALeaderOfTheOtherKind(ServerKind leads, ServerKind away)
    {
        LongRun.Require();
        await using var cluster = await StartAsync([leads, leads, away]);
        await using var load = new WriteLoad(cluster, writers: 8, keysEach: 50, TimeSpan.Zero);
        await cluster.MoveLeaderAsync(cluster.Members[0]);
        var member = cluster.Members[2];
        await member.KillAsync();
        var before = load.Count;
        await load.UntilCountAsync(before + 2500, TimeSpan.FromSeconds(30));
        await cluster.StartAndWaitAsync(member);
        await load.StopAndVerifyAsync();

        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(cluster.Members[0].ClientUrl + "/metrics"));
        Assert.Contains(
            metrics.Split('\n'),
            line =>
                line.StartsWith("etcd_network_snapshot_send_success{", StringComparison.Ordinal)
                && !line.EndsWith(" 0", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(ServerKind.Real, ServerKind.Ours)]
    [InlineData(ServerKind.Ours, ServerKind.Real)]
    public async Task ALearnerOfTheOtherKindIsPromoted(ServerKind leads, ServerKind learns)
    {
        LongRun.Require();
        await using var cluster = await StartAsync([leads]);
        await using var load = new WriteLoad(cluster, writers: 2, keysEach: 50, s_pause);
        var leader = cluster.Members[0];
        var learner = await cluster.AddAsync(learns, leader, isLearner: true);
        var id = await EtcdCluster.IdOfAsync(learner, leader);
        for (var tries = 0; ; tries++)
        {
            try
            {
                await leader.Endpoint.Call<MemberPromoteResponse>(
                    "/etcdserverpb.Cluster/MemberPromote",
                    new MemberPromoteRequest { ID = id }
                );
                break;
            }
            catch (GrpcFailure failure) when (tries < 100 && failure.Code is GrpcCode.FailedPrecondition or GrpcCode.Unavailable)
            {
                Assert.Contains("sync with leader", failure.Detail, StringComparison.Ordinal);
                await Task.Delay(100);
            }
        }

        await cluster.WaitUntilServingAsync(learner);
        Assert.False((await leader.Endpoint.MemberList()).Members.Single(member => member.ID == id).IsLearner);
        await load.StopAndVerifyAsync();
    }

    private static Task<EtcdCluster> StartAsync(IReadOnlyList<ServerKind> kinds)
    {
        Assert.SkipUnless(Programs.RealEtcd is not null, Programs.HowToGetRealEtcd);

        // The strict check wants connections that have stood for five seconds; the tests have no time for that.
        return EtcdCluster.StartAsync(
            kinds,
            new ClusterOptions(
                Heartbeat,
                Election,
                ["--log-level", "info", "--snapshot-count", "100", "--strict-reconfig-check=false"],
                EmulatedVersion: "3.5"
            ),
            static member =>
                member.Environment[
                    member.Kind == ServerKind.Real
                        ? "ETCD_EXPERIMENTAL_SNAPSHOT_CATCHUP_ENTRIES"
                        : "ETCD_SNAPSHOT_CATCHUP_ENTRIES"
                ] = "50"
        );
    }
}
