using System.Diagnostics;
using EtcdSharp.Api;
using EtcdSharp.Client.Tests.Support;

namespace EtcdSharp.Client.Tests;

public sealed class MaintenanceTests(Servers servers)
{
    [Theory]
    [OnEachWay]
    public async Task AMemberTellsOfItself(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        var status = await client.Maintenance.StatusAsync(client.Endpoints[0]);
        Assert.StartsWith("3.", status.Version, StringComparison.Ordinal);
        Assert.True(status.DbSize > 0);
        var members = (await client.Cluster.ListAsync()).Members;
        Assert.Equal(status.Leader, Assert.Single(members).ID);
        if (way != Way.InProcess)
        {
            // There the client would leave its channel for the address that the member is known by.
            Assert.Equal(client.Endpoints, await client.Cluster.SyncEndpointsAsync());
        }

        Assert.Empty((await client.Maintenance.AlarmsAsync()).Alarms);
        Assert.Empty((await client.Maintenance.DisarmAsync(status.Leader, AlarmType.Nospace)).Alarms);
        var hash = await client.Maintenance.HashKvAsync();
        Assert.Equal(
            hash.Hash,
            (
                await client.Maintenance.HashKvAsync(revision: hash.HashRevision == 0 ? hash.Header.Revision : hash.HashRevision)
            ).Hash
        );
    }

    [Theory]
    [OnEachWay]
    public async Task ASnapshotIsWholeAndReadable(Way way)
    {
        await using var client = await servers.ClientAsync(way);
        await client.Kv.PutAsync("k", new byte[200_000]);
        var folder = Directory.CreateTempSubdirectory("etcdsharp-client-test-").FullName;
        try
        {
            var file = Path.Combine(folder, "snapshot.db");
            var length = await client.Maintenance.SaveSnapshotAsync(file);
            Assert.Equal(length, new FileInfo(file).Length);
            Assert.Equal([file], Directory.GetFiles(folder));
            if (Programs.RealEtcdutl is not null)
            {
                using var check = Process.Start(Programs.RealEtcdutl, ["snapshot", "status", file]);
                await check.WaitForExitAsync();
                Assert.Equal(0, check.ExitCode);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [OnEach]
    public async Task AMemberIsDefragmented(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var client = new EtcdClient(server.Address);
        for (var i = 0; i < 10; i++)
        {
            await client.Kv.PutAsync("k", new byte[500_000]);
        }

        var last = (await client.Kv.PutAsync("k", "small")).Header.Revision;
        await client.Kv.CompactAsync(last, physical: true);
        var before = (await client.Maintenance.StatusAsync()).DbSize;
        await client.Maintenance.DefragmentAsync(server.Address);
        Assert.True((await client.Maintenance.StatusAsync()).DbSize < before);
    }

    [Theory]
    [OnEach]
    public async Task MembersComeAndGo(ServerKind kind)
    {
        await using var server = await RestartableServer.StartAsync(kind);
        await using var client = new EtcdClient(server.Address);
        var added = await client.Cluster.AddAsync(["http://127.0.0.1:1"], asLearner: true);
        Assert.True(added.Member.IsLearner);
        Assert.Equal(2, added.Members.Count);
        await client.Cluster.UpdateAsync(added.Member.ID, ["http://127.0.0.1:2"]);
        Assert.Contains(
            (await client.Cluster.ListAsync()).Members,
            static member => member.PeerURLs.Contains("http://127.0.0.1:2")
        );
        await Eventually.FailsAsync(EtcdError.LearnerNotReady, () => client.Cluster.PromoteAsync(added.Member.ID));
        await client.Cluster.RemoveAsync(added.Member.ID);
        await Eventually.FailsAsync(EtcdError.MemberNotFound, () => client.Cluster.RemoveAsync(added.Member.ID));
        await Assert.ThrowsAsync<EtcdException>(() => client.Maintenance.MoveLeaderAsync(added.Member.ID));
    }

    [Theory]
    [OnEach]
    public async Task ADowngradeIsChecked(ServerKind kind)
    {
        await using var client = await servers.ClientAsync(kind);
        var oneBelow = kind == ServerKind.Real ? "3.4.0" : "3.6.0";
        await client.Maintenance.DowngradeAsync(DowngradeRequest.Types.DowngradeAction.Validate, oneBelow);
        await Eventually.FailsAsync(
            EtcdError.InvalidDowngradeTargetVersion,
            () => client.Maintenance.DowngradeAsync(DowngradeRequest.Types.DowngradeAction.Validate, "3.1.0")
        );
    }
}
