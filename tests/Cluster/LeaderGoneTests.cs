using System.Diagnostics;
using System.Globalization;

namespace EtcdSharp.Cluster;

/// <summary>A leader whose process is gone is not waited for.</summary>
public sealed class LeaderGoneTests
{
    /// <summary>So long that waiting for the leader to be silent would be noticed on any machine.</summary>
    private const int ElectionMs = 10_000;

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
