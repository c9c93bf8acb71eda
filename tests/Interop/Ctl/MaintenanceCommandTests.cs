using System.Text.Json;

namespace EtcdSharp.Interop.Ctl;

public sealed class MaintenanceCommandTests(SharedServers servers)
{
    public static TheoryData<ServerKind> Both => [ServerKind.Real, ServerKind.Ours];

    [Theory, MemberData(nameof(Both))]
    public async Task Compaction(ServerKind kind)
    {
        Etcdctl.SkipUnlessThere(kind);
        await using var server = await EtcdServer.StartAsync(kind);
        var ctl = new Etcdctl(server);
        for (var i = 0; i < 5; i++)
        {
            await ctl.Run("put", "a", $"{i}");
        }
        Assert.Equal("compacted revision 4\n", await ctl.Run("compaction", "4", "--physical"));
        Assert.Equal("Error: etcdserver: mvcc: required revision has been compacted", await ctl.Fail("get", "a", "--rev=3"));
        Assert.Equal("Error: etcdserver: mvcc: required revision is a future revision", await ctl.Fail("compaction", "99"));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Alarms(ServerKind kind)
    {
        Etcdctl.SkipUnlessThere(kind);
        await using var server = await EtcdServer.StartAsync(kind);
        var ctl = new Etcdctl(server);
        Assert.Equal("", await ctl.Run("alarm", "list"));
        var self = (await server.Endpoint.Status()).Header.MemberId;
        await server.Endpoint.Alarm(
            new AlarmRequest
            {
                Action = AlarmRequest.Types.AlarmAction.Activate,
                Alarm = AlarmType.Nospace,
                MemberID = self,
            }
        );
        Assert.Equal($"memberID:{self} alarm:NOSPACE \n", await ctl.Run("alarm", "list"));
        Assert.Equal("Error: etcdserver: mvcc: database space exceeded", await ctl.Fail("put", "a", "b"));
        Assert.Equal($"memberID:{self} alarm:NOSPACE \n", await ctl.Run("alarm", "disarm"));
        Assert.Equal("OK\n", await ctl.Run("put", "a", "b"));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task EndpointHealthStatusAndHash(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        Assert.Contains(
            " is healthy: successfully committed proposal",
            await ctl.Run("endpoint", "health"),
            StringComparison.Ordinal
        );
        var status = (await ctl.Run("endpoint", "status")).Split(", ");
        Assert.Equal(10, status.Length);
        Assert.Matches(@"^[0-9a-f]+$", status[1]);
        Assert.StartsWith("3.", status[2], StringComparison.Ordinal);
        Assert.Equal("true", status[4]);
        Assert.Equal("false", status[5]);
        Assert.Matches(@"^127\.0\.0\.1:\d+, \d+\n$", await ctl.Run("endpoint", "hashkv"));
        using var json = JsonDocument.Parse(await ctl.Run("endpoint", "status", "-w", "json"));
        Assert.True(json.RootElement[0].GetProperty("Status").GetProperty("dbSize").GetInt64() > 0);
        foreach (var form in new[] { "table", "fields", "json" })
        {
            Assert.NotEmpty(await ctl.Run("endpoint", "status", "-w", form));
            Assert.NotEmpty(await ctl.Run("member", "list", "-w", form));
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Defrag(ServerKind kind)
    {
        var ctl = await servers.Ctl(kind);
        Assert.StartsWith("Finished defragmenting etcd member[127.0.0.1:", await ctl.Run("defrag"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task MemberListAddAndRemove(ServerKind kind)
    {
        Etcdctl.SkipUnlessThere(kind);
        await using var server = await EtcdServer.StartAsync(kind);
        var ctl = new Etcdctl(server);
        Assert.Matches(
            @"^[0-9a-f]+, started, default, http://127\.0\.0\.1:\d+, http://127\.0\.0\.1:\d+, false\n$",
            await ctl.Run("member", "list")
        );
        var added = await ctl.Run("member", "add", "second", "--peer-urls=http://127.0.0.1:1", "--learner");
        Assert.Matches(@"^Member +[0-9a-f]+ added to cluster +[0-9a-f]+\n", added);
        Assert.Contains("ETCD_INITIAL_CLUSTER_STATE=\"existing\"", added, StringComparison.Ordinal);
        var id = added.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        Assert.Contains(
            $"{id}, unstarted, , http://127.0.0.1:1, , true\n",
            await ctl.Run("member", "list"),
            StringComparison.Ordinal
        );
        Assert.Matches(
            $"^Member +{id} updated in cluster +[0-9a-f]+\n$",
            await ctl.Run("member", "update", id, "--peer-urls=http://127.0.0.1:2")
        );
        Assert.Matches($"^Member +{id} removed from cluster +[0-9a-f]+\n$", await ctl.Run("member", "remove", id));
        Assert.Equal("Error: etcdserver: member not found", await ctl.Fail("member", "remove", "1234"));
        Assert.Equal("Error: etcdserver: member not found", await ctl.Fail("member", "promote", "1234"));
    }

    // The file must open in the real programs, too: their own check of the hash, and a member on the restored directory.
    [Theory, MemberData(nameof(Both))]
    public async Task SnapshotSaveStatusRestoreAndServe(ServerKind kind)
    {
        Etcdctl.SkipUnlessThere(kind);
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        using var scratch = new ScratchDirectory();
        var file = scratch.File("snapshot.db");
        await using (var server = await EtcdServer.StartAsync(kind))
        {
            var ctl = new Etcdctl(server);
            for (var i = 0; i < 20; i++)
            {
                await ctl.Run("put", $"key{i % 10}", $"{i}");
            }
            Assert.Contains($"Snapshot saved at {file}", await ctl.Run("snapshot", "save", file), StringComparison.Ordinal);
            using var json = JsonDocument.Parse(await ctl.Run("snapshot", "status", file, "-w", "json"));
            Assert.Equal(21, json.RootElement.GetProperty("revision").GetInt64());
            await ctl.Run(
                "snapshot",
                "restore",
                file,
                "--data-dir",
                scratch.Path,
                "--name",
                "default",
                "--initial-cluster",
                "default=http://127.0.0.1:2380",
                "--initial-advertise-peer-urls",
                "http://127.0.0.1:2380"
            );
        }
        foreach (var next in new[] { ServerKind.Real, ServerKind.Ours })
        {
            var copy = scratch.File($"copy-{next}");
            CopyFolder(scratch.Path, copy);
            await using var server = await EtcdServer.StartAsync(next, new ServerOptions(DataDirectory: copy));
            var got = await server.Endpoint.Range(
                new RangeRequest { Key = ByteString.CopyFromUtf8("key"), RangeEnd = ByteString.CopyFromUtf8("kez") }
            );
            Assert.Equal(Enumerable.Range(10, 10).Select(i => $"{i}"), got.Kvs.Select(kv => kv.Value.ToStringUtf8()));
        }
    }

    // Both ways: what is written on one side is soon on the other.
    [Theory]
    [InlineData(ServerKind.Real, ServerKind.Ours)]
    [InlineData(ServerKind.Ours, ServerKind.Real)]
    public async Task MakeMirror(ServerKind from, ServerKind to)
    {
        Etcdctl.SkipUnlessThere(from);
        Etcdctl.SkipUnlessThere(to);
        await using var source = await EtcdServer.StartAsync(from);
        await using var target = await EtcdServer.StartAsync(to);
        var ctl = new Etcdctl(source);
        await ctl.Run("put", "before", "1");
        await ctl.Run("put", "gone", "1");
        using var mirror = ctl.Start("make-mirror", target.Address.Authority);
        try
        {
            await WaitFor(target, "gone", "1");
            await ctl.Run("put", "during", "2");
            await ctl.Run("del", "gone");
            await ctl.RunWithInput("\nput t1 3\nput t2 3\n\n\n", "txn");
            await WaitFor(target, "t2", "3");
            var all = await target.Endpoint.Range(
                new RangeRequest { Key = ByteString.CopyFrom(0), RangeEnd = ByteString.CopyFrom(0) }
            );
            Assert.Equal(
                ["before=1", "during=2", "t1=3", "t2=3"],
                all.Kvs.Select(kv => $"{kv.Key.ToStringUtf8()}={kv.Value.ToStringUtf8()}")
            );
        }
        finally
        {
            mirror.Kill();
        }
    }

    // Full load for a minute, or as much as the member takes. The program's own limits are what it passes.
    [Theory]
    [InlineData(ServerKind.Real, "perf", "s")]
    [InlineData(ServerKind.Ours, "perf", "s")]
    [InlineData(ServerKind.Real, "perf", "m")]
    [InlineData(ServerKind.Ours, "perf", "m")]
    [InlineData(ServerKind.Real, "datascale", "s")]
    [InlineData(ServerKind.Ours, "datascale", "s")]
    [InlineData(ServerKind.Real, "datascale", "m")]
    [InlineData(ServerKind.Ours, "datascale", "m")]
    public async Task Check(ServerKind kind, string what, string load)
    {
        Assert.SkipWhen(
            Environment.GetEnvironmentVariable("ETCDSHARP_LONG") is null,
            "takes a minute of full load: set ETCDSHARP_LONG"
        );
        Etcdctl.SkipUnlessThere(kind);
        await using var server = await EtcdServer.StartAsync(kind);
        using var check = new Etcdctl(server).Start("check", what, $"--load={load}", "--auto-compact", "--auto-defrag");
        var output = await check.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(240));
        Assert.StartsWith("PASS", output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("FAIL", output, StringComparison.Ordinal);
    }

    private static async Task WaitFor(EtcdServer server, string key, string value)
    {
        var limit = DateTime.UtcNow + TimeSpan.FromSeconds(15);
        while (true)
        {
            var got = await server.Endpoint.Range(new RangeRequest { Key = ByteString.CopyFromUtf8(key) });
            if (got.Kvs is [var kv] && string.Equals(kv.Value.ToStringUtf8(), value, StringComparison.Ordinal))
            {
                return;
            }
            Assert.True(DateTime.UtcNow < limit, $"{key} did not become {value}");
            await Task.Delay(20);
        }
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
