using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EtcdSharp.Api;
using EtcdSharp.Harness;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Backend;
using Google.Protobuf;

namespace EtcdSharp.Mvcc.Tests;

/// <summary>Our store on a database of real etcd, and real etcd's tool on one of ours.</summary>
[Collection(nameof(StartsProcesses))]
public sealed class RealEtcdTests
{
    [Fact]
    public async Task HashKv_of_a_database_of_real_etcd_is_what_real_etcd_says()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        var hashes = new List<(long Asked, HashKVResponse Said)>();
        var folder = Directory.CreateTempSubdirectory("etcdsharp-mvcc-").FullName;
        await using (var server = await EtcdServer.StartAsync(ServerKind.Real))
        {
            await LoadAsync(server.Endpoint);
            foreach (var revision in new long[] { 0, 101, 102, 150, 200, 301 })
            {
                hashes.Add((revision, await server.Endpoint.HashKV(revision)));
            }

            await server.StopAsync();
            File.Copy(Path.Combine(server.DataDirectory, "member", "snap", "db"), Path.Combine(folder, "db"));
        }

        using (var open = new OpenStore(folder))
        {
            Assert.Equal(hashes[0].Said.Header.Revision, open.Store.CurrentRevision);
            Assert.Equal(100, open.Store.CompactedRevision);
            foreach (var (asked, said) in hashes)
            {
                Assert.Equal(MvccStatus.Ok, open.Store.HashKv(asked, out var hash, out var current));
                Assert.Equal((said.Hash, said.CompactRevision), (hash.Hash, hash.CompactRevision));
                Assert.Equal(asked == 0 ? current : asked, hash.Revision);
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_same_changes_and_compactions_give_the_hashes_of_real_etcd()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        await using var server = await EtcdServer.StartAsync(ServerKind.Real);
        using var open = new OpenStore();
        foreach (var compaction in new long[] { 40, 90 })
        {
            for (var revision = open.Store.CurrentRevision + 1; revision <= compaction + 20; revision++)
            {
                await ChangeBothAsync(server.Endpoint, open, revision);
            }

            await server.Endpoint.Compact(new CompactionRequest { Revision = compaction, Physical = true });
            Assert.Equal(MvccStatus.Ok, open.Store.Compact(compaction, out var physical));
            await physical.WaitAsync(TimeSpan.FromSeconds(10));
            for (var revision = compaction; revision <= compaction + 20; revision++)
            {
                var said = await server.Endpoint.HashKV(revision);
                Assert.Equal(MvccStatus.Ok, open.Store.HashKv(revision, out var hash, out _));
                Assert.Equal((said.Hash, said.CompactRevision, revision), (hash.Hash, hash.CompactRevision, hash.Revision));
            }
        }
    }

    [Fact]
    public void Etcdutl_accepts_a_snapshot_of_ours()
    {
        Assert.SkipWhen(Programs.RealEtcdutl is null, Programs.HowToGetRealEtcd);
        using var open = new OpenStore();
        for (var i = 0; i < 3000; i++)
        {
            open.Put($"key{i % 1000}", new string('v', i % 500));
        }

        open.Backend.SetConsistentIndex(77, 3);
        var path = Path.Combine(open.Folder, "snapshot.db");
        using (var snapshot = open.Backend.Snapshot())
        using (var file = File.Create(path))
        {
            Assert.Equal(snapshot.SizeBytes, snapshot.WriteTo(file));
        }

        var start = new ProcessStartInfo(Programs.RealEtcdutl!, ["snapshot", "status", path, "-w", "json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(10_000));
        Assert.True(process.ExitCode == 0, errors);
        using var status = JsonDocument.Parse(output);
        Assert.Equal(3001, status.RootElement.GetProperty("revision").GetInt64());

        // It counts the entries of all buckets: 3000 revisions and the two of the consistent index.
        Assert.Equal(3002, status.RootElement.GetProperty("totalKey").GetInt64());
    }

    private static async Task LoadAsync(EtcdEndpoint endpoint)
    {
        for (var i = 0; i < 300; i++)
        {
            if (i % 7 == 6)
            {
                await endpoint.DeleteRange(new DeleteRangeRequest { Key = Key(i - 1) });
            }
            else
            {
                await endpoint.Put(new PutRequest { Key = Key(i), Value = ByteString.CopyFromUtf8($"value {i}") });
            }
        }

        await endpoint.Compact(new CompactionRequest { Revision = 100, Physical = true });
        for (var i = 0; i < 20; i++)
        {
            await endpoint.Put(new PutRequest { Key = Key(i), Value = ByteString.CopyFromUtf8("after") });
        }
    }

    private static ByteString Key(int i) => ByteString.CopyFromUtf8($"k{i % 50}");

    private static async Task ChangeBothAsync(EtcdEndpoint endpoint, OpenStore open, long revision)
    {
        var key = $"k{revision % 13}";
        if (revision % 5 == 0)
        {
            // A deletion of something that exists: a revision each.
            var last = $"k{(revision - 1) % 13}";
            await endpoint.DeleteRange(new DeleteRangeRequest { Key = ByteString.CopyFromUtf8(last) });
            Assert.Equal(1, open.Delete(last));
        }
        else
        {
            var value = revision.ToString(CultureInfo.InvariantCulture);
            await endpoint.Put(new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) });
            open.Put(key, value);
        }
    }
}
