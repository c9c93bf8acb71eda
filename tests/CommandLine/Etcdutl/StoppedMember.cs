using EtcdSharp.CommandLine.Tests.Etcdutl;

[assembly: AssemblyFixture(typeof(StoppedMember))]

namespace EtcdSharp.CommandLine.Tests.Etcdutl;

/// <summary>
/// The files that a member of real etcd has left: its data directory and a snapshot, with what may be wrong with such
/// a file beside it. Its keys were written over, deleted and compacted.
/// </summary>
public sealed class StoppedMember : IDisposable
{
    private const int Keys = 300;
    private const int CompactedRevision = 120;

    private readonly Lazy<Task> _made;
    private readonly Dictionary<long, uint> _hashes = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("etcdsharp-etcdutl-");

    public StoppedMember() => _made = new Lazy<Task>(MakeAsync);

    public string DataDirectory => File("member");

    public string Snapshot => File("snapshot.db");

    /// <summary>The keys that are there at the newest revision.</summary>
    public long LiveKeys { get; private set; }

    public long Revision { get; private set; }

    /// <summary>What the member answered to HashKV, by revision.</summary>
    public IReadOnlyDictionary<long, uint> Hashes => _hashes;

    /// <summary>snapshot.db, and what is made of it: bad.db, nohash.db, short.db, empty.db, random.db.</summary>
    public string File(string name) => Path.Combine(_folder.FullName, name);

    public Task MakeSureAsync()
    {
        Assert.SkipWhen(Programs.RealEtcd is null || Programs.RealEtcdutl is null, Programs.HowToGetRealEtcd);
        return _made.Value;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task MakeAsync()
    {
        var options = new ServerOptions(DataDirectory: DataDirectory);
        await using (var server = await EtcdServer.StartAsync(ServerKind.Real, options))
        {
            await FillAsync(server.Endpoint);
            await SaveAsync(server.Endpoint);
            await server.StopAsync();
        }

        var whole = await System.IO.File.ReadAllBytesAsync(Snapshot);
        var bad = whole.ToArray();
        bad[^100] ^= 1;
        await System.IO.File.WriteAllBytesAsync(File("bad.db"), bad);
        await System.IO.File.WriteAllBytesAsync(File("nohash.db"), whole[..^32]);
        await System.IO.File.WriteAllBytesAsync(File("short.db"), whole[..100]);
        await System.IO.File.WriteAllBytesAsync(File("empty.db"), []);
        var random = new byte[20_000];
        new Random(1).NextBytes(random);
        await System.IO.File.WriteAllBytesAsync(File("random.db"), random);
    }

    private async Task FillAsync(EtcdEndpoint member)
    {
        var lease = await member.LeaseGrant(new LeaseGrantRequest { TTL = 10_000 });
        for (var i = 0; i < Keys; i++)
        {
            var key = ByteString.CopyFromUtf8($"key{i % 90}");
            if (i % 7 == 6)
            {
                await member.DeleteRange(new DeleteRangeRequest { Key = key });
            }
            else
            {
                var value = ByteString.CopyFromUtf8(new string((char)('a' + (i % 26)), 200));
                await member.Put(
                    new PutRequest
                    {
                        Key = key,
                        Value = value,
                        Lease = i % 5 == 0 ? lease.ID : 0,
                    }
                );
            }
        }

        await member.Compact(new CompactionRequest { Revision = CompactedRevision, Physical = true });
        var all = await member.Range(
            new RangeRequest { Key = ByteString.CopyFromUtf8("k"), RangeEnd = ByteString.CopyFromUtf8("l") }
        );
        LiveKeys = all.Count;
        Revision = all.Header.Revision;

        // At the compacted revision itself, a member answers with what it kept from the compaction, over other entries.
        foreach (var revision in (long[])[CompactedRevision + 1, 200, Revision])
        {
            _hashes[revision] = (await member.HashKV(revision)).Hash;
        }
    }

    private async Task SaveAsync(EtcdEndpoint member)
    {
        var parts = await member.ServerStream<SnapshotResponse>("/etcdserverpb.Maintenance/Snapshot", new SnapshotRequest());
        await using var file = System.IO.File.Create(Snapshot);
        foreach (var part in parts)
        {
            part.Blob.WriteTo(file);
        }
    }
}
