namespace EtcdSharp.Cluster;

/// <summary>Members that talk over socket files, as etcd's own test framework has them: <c>unix://localhost:PORT</c>.</summary>
public sealed class UnixSocketTests
{
    [Theory]
    [InlineData(ServerKind.Ours, ServerKind.Ours, ServerKind.Ours)]
    [InlineData(ServerKind.Real, ServerKind.Ours, ServerKind.Ours)]
    [InlineData(ServerKind.Ours, ServerKind.Real, ServerKind.Real)]
    public async Task MembersOfBothKindsTalkOverSocketFiles(params ServerKind[] kinds)
    {
        Assert.SkipWhen(kinds.Contains(ServerKind.Real) && Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        await using var cluster = await EtcdCluster.StartAsync(kinds, new ClusterOptions(PeersUseSockets: true));
        foreach (var member in cluster.Members)
        {
            Assert.True(File.Exists(SocketOf(member)), $"{member.Name} has no socket file");
            await cluster.MoveLeaderAsync(member);
            await member.Endpoint.Put("key", member.Name);
            foreach (var other in cluster.Members)
            {
                var read = await other.Endpoint.Range(
                    new() { Key = Google.Protobuf.ByteString.CopyFromUtf8("key"), Serializable = false }
                );
                Assert.Equal(member.Name, read.Kvs[0].Value.ToStringUtf8());
            }
        }

        // One is added, which the others reach over its socket too; and one comes back over the file that a killed process has left.
        var added = await cluster.AddAsync(ServerKind.Ours, cluster.Members[0]);
        await cluster.WaitUntilServingAsync(added);
        await added.KillAsync();
        Assert.True(File.Exists(SocketOf(added)), "a killed process leaves its socket file");
        await cluster.StartAndWaitAsync(added);
        await added.StopAsync();
        Assert.False(File.Exists(SocketOf(added)), "a socket file outlives the stop of its member");
    }

    private static string SocketOf(ClusterMember member) =>
        Path.Combine(Path.GetDirectoryName(member.DataDirectory)!, member.ListenPeerUrl["unix://".Length..]);
}
