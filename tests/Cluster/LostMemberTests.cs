using System.Diagnostics;

namespace EtcdSharp.Cluster;

/// <summary>Members that do not belong to the cluster any more as they are: each ends with a line that says why, and with etcd's code.</summary>
public sealed class LostMemberTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ARemovedMemberThatIsStartedAgainEndsInOrder()
    {
        await using var cluster = await EtcdCluster.StartAsync([ServerKind.Ours, ServerKind.Ours, ServerKind.Ours]);
        var leader = await cluster.LeaderAsync();
        var removed = cluster.Members.First(member => member != leader);
        await RemoveAsync(removed, leader);
        await removed.WaitForExitAsync(s_patience);
        Assert.Equal(0, removed.ExitCode);
        cluster.Start(removed);
        await removed.WaitForExitAsync(s_patience);
        Assert.Equal(0, removed.ExitCode);
        Assert.Contains("permanently removed from the cluster", removed.Output, StringComparison.Ordinal);
        Assert.Contains("data-dir used by this member must be removed", removed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", removed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMemberThatWasAwayWhenItWasRemovedEndsInOrder()
    {
        await using var cluster = await EtcdCluster.StartAsync([ServerKind.Ours, ServerKind.Ours, ServerKind.Ours]);
        var leader = await cluster.LeaderAsync();
        var removed = cluster.Members.First(member => member != leader);
        await removed.KillAsync();
        await RemoveAsync(removed, leader);
        cluster.Start(removed);
        await removed.WaitForExitAsync(s_patience);
        Assert.Equal(0, removed.ExitCode);
        Assert.Contains("permanently removed from the cluster", removed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", removed.Output, StringComparison.Ordinal);
    }

    /// <summary>etcd ends with a Go panic and code 2.</summary>
    [Fact]
    public async Task AnOlderDirectoryInALivingClusterIsRefusedWithBothIndexes()
    {
        await using var cluster = await EtcdCluster.StartAsync([ServerKind.Ours, ServerKind.Ours, ServerKind.Ours]);
        var leader = await cluster.LeaderAsync();
        var older = cluster.Members.First(member => member != leader);
        await leader.Endpoint.Put("before", "1");
        await older.KillAsync();
        var copy = older.DataDirectory + ".older";
        Copy(older.DataDirectory, copy);
        await cluster.StartAndWaitAsync(older);
        for (var i = 0; i < 20; i++)
        {
            await leader.Endpoint.Put($"after-{i}", "1");
        }

        await older.Endpoint.Range(new() { Key = Google.Protobuf.ByteString.CopyFromUtf8("after-19") });
        await older.KillAsync();
        Directory.Delete(older.DataDirectory, recursive: true);
        Directory.Move(copy, older.DataDirectory);
        cluster.Start(older);
        await older.WaitForExitAsync(s_patience);
        Assert.Equal(1, older.ExitCode);
        Assert.Matches("the log of this member ends at entry [0-9]+, but member [0-9a-f]+ counts on it", older.Output);
        Assert.Contains("remove this member from the cluster and add it anew", older.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", older.Output, StringComparison.Ordinal);
        await leader.Endpoint.Put("the cluster", "goes on");
    }

    /// <summary>As an operator does it who believes that a snapshot gives a member back; etcd ends with a Go panic and code 2.</summary>
    [Fact]
    public async Task ARestoredSnapshotInALivingClusterIsRefusedWithBothIndexes()
    {
        await using var cluster = await EtcdCluster.StartAsync([ServerKind.Ours, ServerKind.Ours, ServerKind.Ours]);
        var leader = await cluster.LeaderAsync();
        var restored = cluster.Members.First(member => member != leader);
        await leader.Endpoint.Put("before", "1");
        var file = restored.DataDirectory + ".snapshot";
        await SaveSnapshotAsync(leader, file);
        for (var i = 0; i < 20; i++)
        {
            await leader.Endpoint.Put($"after-{i}", "1");
        }

        await restored.Endpoint.Range(new() { Key = Google.Protobuf.ByteString.CopyFromUtf8("after-19") });
        await restored.KillAsync();
        Directory.Delete(restored.DataDirectory, recursive: true);
        await RestoreAsync(cluster, restored, file);
        cluster.Start(restored);
        await restored.WaitForExitAsync(s_patience);
        Assert.Equal(1, restored.ExitCode);

        // A restored log begins with the members, and nothing else.
        Assert.Matches(
            "the log of this member ends at entry 3, but member [0-9a-f]+ counts on it.* up to entry [0-9]{2,}",
            restored.Output
        );
        Assert.Contains("was restored from a snapshot while the cluster went on", restored.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", restored.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\n   at ", restored.Output, StringComparison.Ordinal);
        await leader.Endpoint.Put("the cluster", "goes on");
    }

    private static async Task SaveSnapshotAsync(ClusterMember member, string path)
    {
        var parts = await member.Endpoint.ServerStream<Api.SnapshotResponse>(
            "/etcdserverpb.Maintenance/Snapshot",
            new Api.SnapshotRequest()
        );
        await using var file = File.Create(path);
        foreach (var part in parts)
        {
            part.Blob.WriteTo(file);
        }
    }

    private static async Task RestoreAsync(EtcdCluster cluster, ClusterMember member, string file)
    {
        string[] arguments =
        [
            "snapshot",
            "restore",
            file,
            "--name",
            member.Name,
            "--data-dir",
            member.DataDirectory,
            "--initial-cluster",
            string.Join(',', cluster.Members.Select(one => $"{one.Name}={one.PeerUrl}")),
            "--initial-cluster-token",
            cluster.Token,
            "--initial-advertise-peer-urls",
            member.PeerUrl,
        ];
        using var process = Process.Start(
            new ProcessStartInfo(Programs.OurEtcdutl, arguments) { UseShellExecute = false, RedirectStandardError = true }
        )!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"etcdutl ended with {process.ExitCode}: {error}");
    }

    private static async Task RemoveAsync(ClusterMember member, ClusterMember through)
    {
        var id = await EtcdCluster.IdOfAsync(member, through);
        await EtcdCluster.AgainWhileUnhealthyAsync(() =>
            through.Endpoint.Call<Api.MemberRemoveResponse>(
                "/etcdserverpb.Cluster/MemberRemove",
                new Api.MemberRemoveRequest { ID = id }
            )
        );
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
