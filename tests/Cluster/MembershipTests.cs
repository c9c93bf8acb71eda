using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Cluster.Clients;

namespace EtcdSharp.Cluster;

/// <summary>Members come, go and fall behind while clients write.</summary>
public sealed class MembershipTests(ITestOutputHelper output)
{
    private const string ChangesVariable = "ETCDSHARP_CLUSTER_CHANGES";
    private const int ManyEntries = 100_000;
    private const string MissedVariable = "ETCDSHARP_CLUSTER_MISSED";

    private static readonly ServerKind[] s_three = [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours];

    /// <summary>A fourth member is added, as a voter or as a learner, and whoever is the oldest removed, again and again.</summary>
    [Fact]
    public async Task MembersAreAddedAndRemovedUnderLoad()
    {
        var changes = Number(ChangesVariable, 2);
        await using var cluster = await EtcdCluster.StartAsync(
            s_three,
            new ClusterOptions(Arguments: ["--log-level", "info", "--snapshot-count", "500", "--strict-reconfig-check=false"])
        );
        await using var load = new WriteLoad(cluster, writers: 4, keysEach: 50, TimeSpan.FromMilliseconds(5));
        for (var i = 0; i < changes; i++)
        {
            var oldest = cluster.Members[0];
            var through = cluster.Members[1];
            var added = await cluster.AddAsync(ServerKind.Ours, through, isLearner: i % 2 == 1);
            if (i % 2 == 1)
            {
                await PromoteAsync(added, cluster);
            }

            await cluster.WaitUntilServingAsync(added);
            await cluster.RemoveAsync(oldest, through);
        }

        LongRun.Note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"members added and removed {changes} times, {load.Count} writes, the longest time without one {load.LongestGap.TotalMilliseconds:F0} ms"
            ),
            output
        );
        await load.StopAndVerifyAsync();
    }

    [Fact]
    public async Task AMemberThatMissedManyEntriesCatchesUpWhileTheOthersServe()
    {
        var missed = Number(MissedVariable, 5_000);
        var isLarge = missed >= ManyEntries;
        string[] arguments = isLarge
            ? ["--log-level", "info"]
            : ["--log-level", "info", "--snapshot-count", "1000", "--snapshot-catchup-entries", "500"];
        await using var cluster = await EtcdCluster.StartAsync(s_three, new ClusterOptions(Arguments: arguments));
        await using var load = new WriteLoad(cluster, writers: 100, keysEach: Math.Max(20, missed / 200), TimeSpan.Zero);
        var leader = await cluster.LeaderAsync();
        var away = cluster.Members.First(member => member != leader);
        load.Avoided = away;
        await away.KillAsync();
        await load.UntilCountAsync(load.Count + missed, TimeSpan.FromSeconds(60 + (missed / 1000)));

        // The same writers at the same two members, before the third comes back and while it catches up.
        var window = TimeSpan.FromSeconds(isLarge ? 10 : 1);
        var before = await load.RateAsync(window);
        var (count, started) = (load.Count, Stopwatch.GetTimestamp());
        await cluster.StartAndWaitAsync(away);
        var took = Stopwatch.GetElapsedTime(started);
        var meanwhile = (load.Count - count) / took.TotalSeconds;
        var after = await load.RateAsync(window);
        LongRun.Note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{missed} entries missed, caught up in {took.TotalSeconds:F1} s; writes/s: {before:F0} with it away, {meanwhile:F0} while it caught up, {after:F0} with it"
            ),
            output
        );
        if (isLarge)
        {
            // The start of a process takes as long as catching up with few entries does, and says nothing about that.
            Assert.True(meanwhile >= before / 2, $"{before:F0} writes/s fell to {meanwhile:F0}");
        }

        await load.StopAndVerifyAsync();
        Assert.Equal(1, CountOf("saved database snapshot", away.Output));
        Assert.Equal(1, CountOf("\"applied snapshot\"", away.Output));
    }

    private static int CountOf(string what, string text) => text.Split(what).Length - 1;

    private static async Task PromoteAsync(ClusterMember learner, EtcdCluster cluster)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                var leader = await cluster.LeaderAsync();
                var id = await EtcdCluster.IdOfAsync(learner, leader);
                await leader.Endpoint.Call<MemberPromoteResponse>(
                    "/etcdserverpb.Cluster/MemberPromote",
                    new MemberPromoteRequest { ID = id }
                );
                return;
            }
            catch (GrpcFailure) when (tries < 100)
            {
                await Task.Delay(100);
            }
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
