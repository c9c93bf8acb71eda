using System.Diagnostics;
using System.Text.Json;

namespace EtcdSharp.Interop.DataDirectories;

/// <summary>Snapshots of a running server, looked at and restored by etcd's own etcdutl, under both servers.</summary>
public sealed class SnapshotTests
{
    private const int ChecksumBytes = 32;

    [Theory]
    [InlineData(ServerKind.Ours)]
    [InlineData(ServerKind.Real)]
    public async Task A_snapshot_is_restored_by_etcdutl_and_served_by_both(ServerKind kind)
    {
        Assert.SkipWhen(Programs.RealEtcd is null || Programs.RealEtcdutl is null, Programs.HowToGetRealEtcd);
        using var directory = new ScratchDirectory();
        var file = directory.File("snapshot.db");
        Contents left;
        await using (var server = await Servers.StartAsync(kind, directory.Path, "3.5"))
        {
            await Workload.WriteAsync(server.Endpoint, 0, 1000);
            left = await Contents.ReadAsync(server.Endpoint);
            await SaveAsync(server.Endpoint, file);
        }

        using var status = JsonDocument.Parse(await EtcdutlAsync("snapshot", "status", file, "-w", "json"));
        Assert.Equal(left.Revision, status.RootElement.GetProperty("revision").GetInt64());
        Assert.True(status.RootElement.GetProperty("totalKey").GetInt64() >= left.Count);
        foreach (var other in new[] { ServerKind.Real, ServerKind.Ours })
        {
            var restored = directory.File($"restored-{other}");
            await EtcdutlAsync("snapshot", "restore", file, "--data-dir", restored);
            await using (var server = await Servers.StartAsync(other, restored, "3.5"))
            {
                await left.AssertKeysFoundByAsync(server.Endpoint);
            }
        }
    }

    private static async Task SaveAsync(EtcdEndpoint etcd, string path)
    {
        var parts = await etcd.ServerStream<SnapshotResponse>("/etcdserverpb.Maintenance/Snapshot", new SnapshotRequest());
        await using var file = File.Create(path);
        foreach (var part in parts)
        {
            part.Blob.WriteTo(file);
        }

        Assert.True(file.Length % 512 == ChecksumBytes, $"a snapshot of {file.Length} bytes does not end with a checksum");
    }

    private static async Task<string> EtcdutlAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.RealEtcdutl!, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"etcdutl {string.Join(' ', arguments)} ended with {process.ExitCode}: {await error}");
        return text;
    }
}
