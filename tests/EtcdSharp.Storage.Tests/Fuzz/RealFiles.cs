using EtcdSharp.Api;
using EtcdSharp.Harness;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Wal;
using Google.Protobuf;

[assembly: AssemblyFixture(typeof(EtcdSharp.Storage.Fuzz.RealFiles))]

namespace EtcdSharp.Storage.Fuzz;

/// <summary>The files that real etcd leaves after a short life with snapshots, leases, users, alarms and a compaction.</summary>
/// <remarks>
/// Made before the first test: etcd runs alone then, as <see cref="StartsProcesses"/> wants it, and the tests that use the
/// files may run beside each other.
/// </remarks>
public sealed class RealFiles : IAsyncLifetime
{
    private const int Puts = 200;

    /// <summary>Behind its records a segment is zeros up to 64 MB; this much of them is enough to be found.</summary>
    private const int ZerosKept = 4096;

    /// <summary>The store grows in steps of 16 MB, of which the pages behind the high-water mark are zeros.</summary>
    private static readonly int s_pageBytes = Environment.SystemPageSize;

    public bool AreThere => Store.Length != 0;

    /// <summary>The B+tree file.</summary>
    public byte[] Store { get; private set; } = [];

    /// <summary>The newest .snap file.</summary>
    public byte[] Snapshot { get; private set; } = [];

    /// <summary>The segments of the log, cut behind their records.</summary>
    public IReadOnlyList<(string Name, byte[] Content)> Log { get; private set; } = [];

    /// <summary>The data of all records of the log.</summary>
    public IReadOnlyList<byte[]> Records { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        if (Programs.RealEtcd is null)
        {
            return;
        }

        using var scratch = new ScratchFolder();
        var data = new DataDirectory(SystemDisk.Instance, scratch.In("data"));
        var options = new ServerOptions
        {
            DataDirectory = data.Root,
            Arguments = ["--log-level", "warn", "--snapshot-count", "40"],
        };
        await using (var server = await EtcdServer.StartAsync(ServerKind.Real, options))
        {
            await WriteAsync(server.Endpoint);
            await server.StopAsync();
        }

        Store = UpToTheZeros(data.StorePath, s_pageBytes);
        Snapshot = await File.ReadAllBytesAsync(Directory.GetFiles(data.SnapPath, "*.snap").Max(StringComparer.Ordinal)!);
        Log = [.. TestLog.Segments(data.WalPath).Select(path => (Path.GetFileName(path), UpToTheZeros(path, ZerosKept)))];
        var records = new List<byte[]>();
        WalReading.ForEachRecord(SystemDisk.Instance, data.WalPath, reader => records.Add(reader.Data.ToArray()));
        Records = [.. records.Where(record => record.Length != 0)];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task WriteAsync(EtcdEndpoint etcd)
    {
        var lease = await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 1000 });
        for (var i = 0; i < Puts; i++)
        {
            await etcd.Put(
                new PutRequest
                {
                    Key = ByteString.CopyFromUtf8($"key-{i % 50}"),
                    Value = ByteString.CopyFromUtf8(new string('v', i * 7 % 900)),
                    Lease = i % 9 == 0 ? lease.ID : 0,
                }
            );
        }

        await etcd.DeleteRange(
            new DeleteRangeRequest { Key = ByteString.CopyFromUtf8("key-1"), RangeEnd = ByteString.CopyFromUtf8("key-2") }
        );
        await etcd.Call<AuthRoleAddResponse>("/etcdserverpb.Auth/RoleAdd", new AuthRoleAddRequest { Name = "reader" });
        await etcd.Alarm(
            new AlarmRequest
            {
                Action = AlarmRequest.Types.AlarmAction.Activate,
                MemberID = 1,
                Alarm = AlarmType.Nospace,
            }
        );
        await etcd.Compact(new CompactionRequest { Revision = 100, Physical = true });
    }

    private static byte[] UpToTheZeros(string path, int unit)
    {
        var content = File.ReadAllBytes(path);
        var used = content.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        return content[..Math.Min(content.Length, ((used / unit) + 2) * unit)];
    }
}
