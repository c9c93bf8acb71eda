using System.Globalization;
using EtcdSharp.Cluster.Clients;

namespace EtcdSharp.Cluster;

/// <summary>The cluster's version follows its lowest member, and etcd's downgrade procedure leads back to real etcd 3.5.</summary>
public sealed class DowngradeTests
{
    [Fact]
    public async Task AClusterOfLevel36IsDowngradedAndGoesOnAsRealEtcd35()
    {
        LongRun.Require();
        Assert.SkipUnless(Programs.RealEtcd is not null, Programs.HowToGetRealEtcd);
        await using var cluster = await EtcdCluster.StartAsync(
            [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours],
            new ClusterOptions(Arguments: ["--log-level", "info"], EmulatedVersion: "3.6")
        );
        await UntilVersionAsync(cluster, "3.6.0");
        await using var load = new WriteLoad(cluster, writers: 2, keysEach: 50, TimeSpan.FromMilliseconds(5));
        var member = cluster.Members[0];
        await DowngradeAsync(member, DowngradeRequest.Types.DowngradeAction.Validate);
        await DowngradeAsync(member, DowngradeRequest.Types.DowngradeAction.Enable);
        await UntilVersionAsync(cluster, "3.5.0");
        foreach (var one in cluster.Members)
        {
            await one.StopAsync();
            one.Kind = ServerKind.Real;
            await cluster.StartAndWaitAsync(one);
            var before = load.Count;
            await load.UntilCountAsync(before + 50, TimeSpan.FromSeconds(10));
        }

        await UntilVersionAsync(cluster, "3.5.0");
        await load.StopAndVerifyAsync();
    }

    [Fact]
    public async Task TheVersionIsThatOfTheLowestMemberAndRisesWhenItIsReplaced()
    {
        LongRun.Require();
        Assert.SkipUnless(Programs.RealEtcd is not null, Programs.HowToGetRealEtcd);
        await using var cluster = await EtcdCluster.StartAsync(
            [ServerKind.Real, ServerKind.Ours, ServerKind.Ours],
            new ClusterOptions(Arguments: ["--log-level", "info"], EmulatedVersion: "3.6")
        );
        await UntilVersionAsync(cluster, "3.5.0");
        var lowest = cluster.Members[0];
        await lowest.StopAsync();
        lowest.Kind = ServerKind.Ours;
        await cluster.StartAndWaitAsync(lowest);
        await UntilVersionAsync(cluster, "3.6.0");
    }

    private static Task<DowngradeResponse> DowngradeAsync(ClusterMember member, DowngradeRequest.Types.DowngradeAction action) =>
        member.Endpoint.Call<DowngradeResponse>(
            "/etcdserverpb.Maintenance/Downgrade",
            new DowngradeRequest { Action = action, Version = "3.5.0" }
        );

    private static async Task UntilVersionAsync(EtcdCluster cluster, string version)
    {
        using var http = new HttpClient();
        var deadline = DateTime.UtcNow.AddSeconds(30);
        foreach (var member in cluster.Members)
        {
            var said = "";
            while (!said.Contains($"\"etcdcluster\":\"{version}\"", StringComparison.Ordinal))
            {
                Assert.True(
                    DateTime.UtcNow < deadline,
                    string.Create(CultureInfo.InvariantCulture, $"{member.Name} says {said}, not {version}\n{cluster.Output()}")
                );
                await Task.Delay(200);
                said = await http.GetStringAsync(new Uri(member.ClientUrl + "/version"));
            }
        }
    }
}
