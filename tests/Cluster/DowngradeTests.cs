using System.Globalization;
using EtcdSharp.Cluster.Clients;

namespace EtcdSharp.Cluster;

/// <summary>The cluster's version follows its lowest member, and etcd's downgrade procedure leads back to real etcd 3.5.</summary>
public sealed class DowngradeTests
{
    private static readonly string[] s_downgrading = ["--log-level", "info", "--snapshot-count", "200"];

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

    /// <summary>One after the other becomes real etcd 3.6, one of them by leaving while a new one joins, and then all go up again.</summary>
    [Fact]
    public async Task AClusterIsDowngradedToRealEtcd36AndGoesUpAgain()
    {
        Assert.SkipWhen(Programs.RealEtcd36 is null, Programs.HowToNameOtherReleases);
        await using var cluster = await EtcdCluster.StartAsync(
            [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours],
            new ClusterOptions(Arguments: s_downgrading)
        );
        await UntilVersionAsync(cluster, "3.7.0");
        await using var load = new WriteLoad(cluster, writers: 2, keysEach: 50, TimeSpan.FromMilliseconds(5));
        await DowngradeAsync(cluster.Members[0], DowngradeRequest.Types.DowngradeAction.Enable, "3.6.0");
        await UntilVersionAsync(cluster, "3.6.0", storage: "3.6.0");
        await BecomeAsync(cluster, cluster.Members[0], ServerKind.Real, Programs.RealEtcd36, load);

        var leaves = cluster.Members[1];
        await cluster.RemoveAsync(leaves, cluster.Members[2]);

        // A real member does not join a cluster that is on its way down, whatever its release.
        var joins = await cluster.AddAsync(ServerKind.Ours, cluster.Members[1]);
        await cluster.WaitUntilServingAsync(joins);
        await UntilVersionAsync(cluster, "3.6.0", storage: "3.6.0");
        foreach (var one in cluster.Members.Where(member => member.Kind == ServerKind.Ours))
        {
            await BecomeAsync(cluster, one, ServerKind.Real, Programs.RealEtcd36, load);
        }

        await UntilVersionAsync(cluster, "3.6.0", storage: "3.6.0");
        await UntilAsync(
            async () => !(await cluster.Members[0].StatusAsync(TimeSpan.FromSeconds(5))).DowngradeInfo.Enabled,
            "the downgrade ends"
        );
        foreach (var one in cluster.Members)
        {
            await BecomeAsync(cluster, one, ServerKind.Ours, null, load);
        }

        await UntilVersionAsync(cluster, "3.7.0", storage: "3.7.0");
        await load.StopAndVerifyAsync();
    }

    [Fact]
    public async Task ADowngradeIsCalledOffHalfWay()
    {
        Assert.SkipWhen(Programs.RealEtcd36 is null, Programs.HowToNameOtherReleases);
        await using var cluster = await EtcdCluster.StartAsync(
            [ServerKind.Ours, ServerKind.Ours, ServerKind.Ours],
            new ClusterOptions(Arguments: s_downgrading)
        );
        await UntilVersionAsync(cluster, "3.7.0");
        await using var load = new WriteLoad(cluster, writers: 2, keysEach: 50, TimeSpan.FromMilliseconds(5));
        var stays = cluster.Members[1];
        await DowngradeAsync(stays, DowngradeRequest.Types.DowngradeAction.Enable, "3.6.0");
        await UntilVersionAsync(cluster, "3.6.0", storage: "3.6.0");
        await BecomeAsync(cluster, cluster.Members[0], ServerKind.Real, Programs.RealEtcd36, load);
        await DowngradeAsync(stays, DowngradeRequest.Types.DowngradeAction.Cancel, "");
        Assert.False((await stays.StatusAsync(TimeSpan.FromSeconds(5))).DowngradeInfo.Enabled);
        await BecomeAsync(cluster, cluster.Members[0], ServerKind.Ours, null, load);
        await UntilVersionAsync(cluster, "3.7.0", storage: "3.7.0");
        await load.StopAndVerifyAsync();
    }

    /// <summary>Real etcd 3.6 and 3.7 and ours in one cluster, where each member is in turn replaced by the next program.</summary>
    [Fact]
    public async Task ARollingUpgradeLeadsFromRealEtcd36ThroughOursToRealEtcd37()
    {
        Assert.SkipWhen(Programs.RealEtcd36 is null || Programs.RealEtcd37 is null, Programs.HowToNameOtherReleases);
        await using var cluster = await EtcdCluster.StartAsync(
            [ServerKind.Real, ServerKind.Real, ServerKind.Real],
            new ClusterOptions(Arguments: s_downgrading),
            member => member.Program = Programs.RealEtcd36
        );
        await UntilVersionAsync(cluster, "3.6.0");
        await using var load = new WriteLoad(cluster, writers: 2, keysEach: 50, TimeSpan.FromMilliseconds(5));
        foreach (var one in cluster.Members)
        {
            await BecomeAsync(cluster, one, ServerKind.Ours, null, load);
        }

        await UntilVersionAsync(cluster, "3.7.0", storage: "3.7.0");
        foreach (var one in cluster.Members)
        {
            await BecomeAsync(cluster, one, ServerKind.Real, Programs.RealEtcd37, load);
        }

        await UntilVersionAsync(cluster, "3.7.0", storage: "3.7.0");
        await load.StopAndVerifyAsync();
    }

    private static async Task BecomeAsync(
        EtcdCluster cluster,
        ClusterMember member,
        ServerKind kind,
        string? program,
        WriteLoad load
    )
    {
        await member.StopAsync();
        (member.Kind, member.Program) = (kind, program);
        await cluster.StartAndWaitAsync(member);
        await load.UntilCountAsync(load.Count + 50, TimeSpan.FromSeconds(30));
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"within 60 s it did not come to this: {what}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private static Task<DowngradeResponse> DowngradeAsync(
        ClusterMember member,
        DowngradeRequest.Types.DowngradeAction action,
        string version = "3.5.0"
    ) =>
        member.Endpoint.Call<DowngradeResponse>(
            "/etcdserverpb.Maintenance/Downgrade",
            new DowngradeRequest { Action = action, Version = version }
        );

    private static async Task UntilVersionAsync(EtcdCluster cluster, string version, string? storage = null)
    {
        using var http = new HttpClient();
        var deadline = DateTime.UtcNow.AddSeconds(60);
        foreach (var member in cluster.Members)
        {
            var said = "";
            while (
                !said.Contains($"\"etcdcluster\":\"{version}\"", StringComparison.Ordinal)
                || (storage is not null && !said.Contains($"\"storage\":\"{storage}\"", StringComparison.Ordinal))
            )
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
