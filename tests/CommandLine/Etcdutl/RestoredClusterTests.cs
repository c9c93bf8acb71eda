using EtcdSharp.CommandLine.Tests.Support;

namespace EtcdSharp.CommandLine.Tests.Etcdutl;

/// <summary>Restored directories must start, under real etcd and under ours, with the same content.</summary>
public sealed class RestoredClusterTests(StoppedMember member)
{
    private const string Emulate35 = "--emulated-version=3.5";

    [Theory]
    [InlineData(false, ServerKind.Real)]
    [InlineData(false, ServerKind.Ours)]
    [InlineData(true, ServerKind.Ours)]
    public async Task AnyServerStartsFromAnyRestore(bool realEtcdutl, ServerKind kind)
    {
        await member.MakeSureAsync();
        using var run = realEtcdutl ? UtlRun.Real(member) : UtlRun.Ours(member);
        await run.OutputAsync("snapshot restore {snapshot.db} --data-dir {out}");
        await using var server = await EtcdServer.StartAsync(kind, new ServerOptions(Arguments(kind), DataDirectory: run.Out));
        var hash = await server.Endpoint.HashKV();
        Assert.Equal((member.Revision, member.Hashes[member.Revision]), (hash.Header.Revision, hash.Hash));
        var members = await server.Endpoint.MemberList();
        Assert.Equal(["http://localhost:2380"], Assert.Single(members.Members).PeerURLs);
        await server.Endpoint.Put(new PutRequest { Key = ByteString.CopyFromUtf8("new") });
    }

    /// <summary>Both programs bump to the same revision, and under both servers everything before it is compacted.</summary>
    [Fact]
    public async Task ABumpedRevisionIsTheSameEverywhere()
    {
        await member.MakeSureAsync();
        var hashes = new HashSet<uint>();
        foreach (
            var (realEtcdutl, kind) in ((bool, ServerKind)[])
                [(true, ServerKind.Real), (false, ServerKind.Real), (false, ServerKind.Ours)]
        )
        {
            using var run = realEtcdutl ? UtlRun.Real(member) : UtlRun.Ours(member);
            await run.OutputAsync("snapshot restore {snapshot.db} --data-dir {out} --bump-revision 1000000 --mark-compacted");
            await using var server = await EtcdServer.StartAsync(
                kind,
                new ServerOptions(Arguments(kind), DataDirectory: run.Out)
            );
            var hash = await server.Endpoint.HashKV();
            Assert.Equal(
                (member.Revision + 1_000_000, member.Revision + 1_000_000),
                (hash.Header.Revision, hash.CompactRevision)
            );
            hashes.Add(hash.Hash);
            var old = new RangeRequest { Key = ByteString.CopyFromUtf8("key1"), Revision = member.Revision };
            Assert.Equal(GrpcCode.OutOfRange, (await Assert.ThrowsAsync<GrpcFailure>(() => server.Endpoint.Range(old))).Code);
        }

        Assert.Single(hashes);
    }

    /// <summary>Two members restored by ours and one by real etcdutl come to the same ids and form one cluster, with servers of both kinds.</summary>
    [Fact]
    public async Task ThreeMembersFormACluster()
    {
        await member.MakeSureAsync();
        (string Name, ServerKind Kind, bool RealEtcdutl)[] plan =
        [
            ("a", ServerKind.Real, false),
            ("b", ServerKind.Ours, false),
            ("c", ServerKind.Real, true),
        ];
        var urls = plan.ToDictionary(one => one.Name, _ => $"http://127.0.0.1:{FreePort.Next()}", StringComparer.Ordinal);
        var cluster = string.Join(',', urls.Select(pair => $"{pair.Key}={pair.Value}"));
        var runs = new List<UtlRun>();
        var servers = new List<EtcdServer>();
        try
        {
            foreach (var (name, kind, realEtcdutl) in plan)
            {
                var run = realEtcdutl ? UtlRun.Real(member) : UtlRun.Ours(member);
                runs.Add(run);
                await run.OutputAsync(
                    $"snapshot restore {{snapshot.db}} --data-dir {{out}} --name {name} --initial-cluster {cluster} --initial-advertise-peer-urls {urls[name]}"
                );
                string[] peer = ["--name", name, "--listen-peer-urls", urls[name], "--initial-advertise-peer-urls", urls[name]];
                servers.Add(
                    EtcdServer.Launch(
                        kind,
                        new ServerOptions([.. peer, "--initial-cluster", cluster, .. Arguments(kind)], DataDirectory: run.Out)
                    )
                );
            }

            foreach (var server in servers)
            {
                await server.WaitUntilServingAsync();
            }

            await servers[1].Endpoint.Put(new PutRequest { Key = ByteString.CopyFromUtf8("together") });
            var seen = new HashSet<(long, uint)>();
            foreach (var server in servers)
            {
                var read = await server.Endpoint.Range(new RangeRequest { Key = ByteString.CopyFromUtf8("together") });
                Assert.Equal(1, read.Count);
                var hash = await server.Endpoint.HashKV();
                seen.Add((hash.Header.Revision, hash.Hash));
            }

            Assert.Equal(member.Revision + 1, Assert.Single(seen).Item1);
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }

            runs.ForEach(run => run.Dispose());
        }
    }

    /// <summary>The file of a member that runs is not touched.</summary>
    [Theory]
    [InlineData("defrag --data-dir {member}", "Error: Failed to defragment etcd data[FOLDER/member] (timeout: ")]
    [InlineData("hashkv {member}/member/snap/db", "Error: timeout: ")]
    [InlineData("snapshot status {member}/member/snap/db", "Error: timeout: ")]
    [InlineData("migrate --data-dir {member} --target-version 3.6", "Error: timeout: ")]
    [InlineData("bbolt check {member}/member/snap/db", "Error: timeout: ")]
    public async Task AFileInUseIsRefused(string line, string error)
    {
        await member.MakeSureAsync();
        using var ours = UtlRun.Ours(member);
        UtlRun.Copy(member.DataDirectory, ours.Member);
        using var held = File.Open(
            Path.Combine(ours.Member, "member", "snap", "db"),
            FileMode.Open,
            FileAccess.ReadWrite,
            FileShare.None
        );
        var outcome = await ours.RunAsync($"{line} --timeout 120ms");
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith(error, outcome.Error, StringComparison.Ordinal);
        Assert.EndsWith("is in use; stop the member first", outcome.Error.TrimEnd(')'), StringComparison.Ordinal);
    }

    private static string[] Arguments(ServerKind kind) =>
        kind == ServerKind.Real ? ["--log-level", "warn"] : ["--log-level", "warn", Emulate35];
}
