namespace EtcdSharp.Cluster;

/// <summary>A log that no member can write: one full disk, which the members of small clusters share, is no outage.</summary>
public sealed class FullLogDiskTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task MembersWhoseLogIsFullOutliveTheirLeader()
    {
        await using var cluster = await EtcdCluster.StartAsync(
            [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours],
            new ClusterOptions(Arguments: ["--log-outputs=/dev/full", "--log-level=info"])
        );
        await PutAsync(cluster.Members[0], "before");
        for (var i = 0; i < 2; i++)
        {
            var leader = await cluster.LeaderAsync();
            await leader.KillAsync();
            var next = await cluster.LeaderAsync(s_patience);
            await PutAsync(next, $"after {i}");
            Assert.All(cluster.Members.Where(member => member != leader), static member => Assert.True(member.IsRunning));
            foreach (var member in cluster.Members.Where(member => member != leader))
            {
                using var http = new HttpClient();
                using var ready = await http.GetAsync($"{member.ClientUrl}/readyz");
                Assert.True(ready.IsSuccessStatusCode, $"{member.Name}: {await ready.Content.ReadAsStringAsync()}");
            }

            await cluster.StartAndWaitAsync(leader);
        }
    }

    private static Task PutAsync(ClusterMember member, string value) =>
        member.Endpoint.Put(new PutRequest { Key = ByteString.CopyFromUtf8("key"), Value = ByteString.CopyFromUtf8(value) });
}
