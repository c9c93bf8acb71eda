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
