using System.Diagnostics;
using System.Globalization;

namespace EtcdSharp.Cluster;

/// <summary>A leader whose process is gone, or that is removed, is not waited for.</summary>
public sealed class LeaderGoneTests
{
    /// <summary>So long that waiting for the leader to be silent would be noticed on any machine.</summary>
    private const int ElectionMs = 10_000;

    [Fact]
    public async Task ALeaderThatIsRemovedIsReplacedBeforeAnyElectionTimeout()
    {
        await using var cluster = await EtcdCluster.StartAsync(
            Enumerable.Repeat(ServerKind.Ours, 5),
            new ClusterOptions(ElectionMs: ElectionMs, Arguments: ["--strict-reconfig-check=false"])
        );
        for (var i = 0; i < 2; i++)
        {
            var leader = await cluster.LeaderAsync();
            var through = cluster.Members.First(member => member != leader);
            var id = await EtcdCluster.IdOfAsync(leader, through);
            var request = new MemberRemoveRequest { ID = id };
            await through.Endpoint.Call<MemberRemoveResponse>("/etcdserverpb.Cluster/MemberRemove", request);
            var removed = Stopwatch.GetTimestamp();
            while ((await through.StatusAsync(TimeSpan.FromSeconds(2))).Leader is var leads && (leads == 0 || leads == id))
            {
                await Task.Delay(20);
            }

            var took = Stopwatch.GetElapsedTime(removed);
            Assert.True(
                took.TotalMilliseconds < ElectionMs / 2,
                $"somebody leads {took.TotalMilliseconds:F0} ms after the removal"
            );
            await cluster.ForgetAsync(leader);
        }
    }

    [Fact]
    public async Task AnotherOneIsElectedBeforeAnyElectionTimeout()
    {
        await using var cluster = await EtcdCluster.StartAsync(
            [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours],
            new ClusterOptions(ElectionMs: ElectionMs)
        );
        for (var i = 0; i < 3; i++)
        {
            var leader = await cluster.LeaderAsync();
            await leader.KillAsync();
            var killed = Stopwatch.GetTimestamp();
            await cluster.LeaderAsync();
            var took = Stopwatch.GetElapsedTime(killed);
            Assert.True(took.TotalMilliseconds < ElectionMs / 2, $"somebody leads {took.TotalMilliseconds:F0} ms after the kill");
            var id = (await EtcdCluster.IdOfAsync(leader, cluster.Members.First(member => member != leader))).ToString(
                "x",
                CultureInfo.InvariantCulture
            );
            Assert.All(
                cluster.Members.Where(member => member != leader),
                member => Assert.Contains($"lost leader {id} at term", member.Output, StringComparison.Ordinal)
            );
            await cluster.StartAndWaitAsync(leader);
        }
    }
}
