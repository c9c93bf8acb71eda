using EtcdSharp.Api;
using EtcdSharp.Harness;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Wal;
using Google.Protobuf;

namespace EtcdSharp.Storage.Backend.Migration;

/// <summary>A directory of real etcd 3.5 goes up to 3.7 and comes back.</summary>
[Collection(nameof(StartsProcesses))]
public sealed class RealEtcdMigrationTests
{
    [Fact]
    public async Task Etcd_starts_again_on_a_directory_that_has_been_up_and_down()
    {
        if (Programs.RealEtcd is null)
        {
            Assert.Skip(Programs.HowToGetRealEtcd);
        }

        using var scratch = new ScratchFolder();
        var data = new DataDirectory(SystemDisk.Instance, scratch.In("data"));
        var options = new ServerOptions { DataDirectory = data.Root, Arguments = ["--log-level", "warn"] };
        await using (var server = await EtcdServer.StartAsync(ServerKind.Real, options))
        {
            await server.Endpoint.Put(
                new PutRequest { Key = ByteString.CopyFromUtf8("key"), Value = ByteString.CopyFromUtf8("value") }
            );
            await server.StopAsync();
        }

        StorageVersion[] ways = [StorageVersion.V3_7, StorageVersion.V3_6, StorageVersion.V3_5];
        foreach (var target in ways)
        {
            var result = StorageMigration.Run(SystemDisk.Instance, data, target, force: false);
            Assert.Equal((MigrationOutcome.Migrated, target), (result.Outcome, result.Steps[^1]));
        }

        await using var again = await EtcdServer.StartAsync(ServerKind.Real, options);
        var answer = await again.Endpoint.Range(new RangeRequest { Key = ByteString.CopyFromUtf8("key") });
        Assert.Equal("value", Assert.Single(answer.Kvs).Value.ToStringUtf8());
    }
}
