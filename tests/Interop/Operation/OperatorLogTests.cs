using System.Text.Json;

namespace EtcdSharp.Interop.Operation;

/// <summary>The log lines that operators, their alerts and etcd's own tests wait for, in etcd 3.7's words and fields.</summary>
public sealed class OperatorLogTests
{
    /// <summary>In the order of etcd 3.7.1, whose <c>git-sha</c> is our <c>etcdsharp-version</c>.</summary>
    private static readonly string[] s_settings =
    [
        "etcd-version",
        "etcdsharp-version",
        "go-version",
        "go-os",
        "go-arch",
        "max-cpu-set",
        "max-cpu-available",
        "member-initialized",
        "name",
        "data-dir",
        "wal-dir",
        "wal-dir-dedicated",
        "member-dir",
        "force-new-cluster",
        "heartbeat-interval",
        "election-timeout",
        "initial-election-tick-advance",
        "snapshot-count",
        "max-wals",
        "max-snapshots",
        "snapshot-catchup-entries",
        "initial-advertise-peer-urls",
        "listen-peer-urls",
        "advertise-client-urls",
        "listen-client-urls",
        "listen-metrics-urls",
        "local-address",
        "cors",
        "host-whitelist",
        "initial-cluster",
        "initial-cluster-state",
        "initial-cluster-token",
        "quota-backend-bytes",
        "max-request-bytes",
        "max-concurrent-streams",
        "pre-vote",
        "feature-gates",
        "initial-corrupt-check",
        "corrupt-check-time-interval",
        "compact-check-time-interval",
        "auto-compaction-mode",
        "auto-compaction-retention",
        "auto-compaction-interval",
        "discovery-token",
        "discovery-endpoints",
        "discovery-dial-timeout",
        "discovery-request-timeout",
        "discovery-keepalive-time",
        "discovery-keepalive-timeout",
        "discovery-insecure-transport",
        "discovery-insecure-skip-tls-verify",
        "discovery-cert",
        "discovery-key",
        "discovery-cacert",
        "discovery-user",
        "downgrade-check-interval",
        "max-learners",
        "v2-deprecation",
    ];

    [Fact]
    public async Task TheStartNamesEverySetting()
    {
        await using var server = await Start("--bootstrap-defrag-threshold-megabytes", "10", "--snapshot-catchup-entries", "77");
        var start = Line(server, "starting an etcd server");
        Assert.Equal(s_settings, start.EnumerateObject().Select(field => field.Name).Skip(4));
        Assert.Equal(77, start.GetProperty("snapshot-catchup-entries").GetInt32());
        Assert.Equal(2147483648, start.GetProperty("quota-backend-bytes").GetInt64());
        Assert.False(start.GetProperty("member-initialized").GetBoolean());
        var serving = Line(server, "serving client traffic insecurely; this is strongly discouraged!");
        Assert.Equal(("grpc+http", server.Address.Authority), (Text(serving, "traffic"), Text(serving, "address")));
        Assert.Equal(
            10485760,
            Line(server, "Skipping defragmentation").GetProperty("bootstrap-defrag-threshold-bytes").GetInt64()
        );
        Assert.Equal("empty", Text(Line(server, "Initialize and start etcd server"), "dir-type"));
        Assert.False(string.IsNullOrEmpty(Text(Line(server, "now serving peer/client/metrics"), "local-member-id")));
        Line(server, "ready to serve client requests");
        Assert.Equal(0, await server.StopAsync());
        await server.WaitForOutputAsync("closed etcd server");
    }

    [Fact]
    public async Task CompactionsAndSnapshotsAreTold()
    {
        await using var server = await Start("--snapshot-count", "10");
        var put = new PutRequest { Key = ByteString.CopyFromUtf8("a"), Value = ByteString.CopyFromUtf8("1") };
        for (var i = 0; i < 20; i++)
        {
            await server.Endpoint.Put(put);
        }

        await server.Endpoint.Compact(new CompactionRequest { Revision = 9, Physical = true });
        await server.WaitForOutputAsync("finished scheduled compaction");
        var compacted = Line(server, "finished scheduled compaction");
        Assert.Equal(9, compacted.GetProperty("compact-revision").GetInt64());
        Assert.Equal(7, compacted.GetProperty("number-of-keys-compacted").GetInt64());
        await server.WaitForOutputAsync("saved snapshot to disk");
        Assert.True(Line(server, "saved snapshot to disk").GetProperty("snapshot-index").GetInt64() > 10);
        Line(server, "triggering snapshot");
        Line(server, "compact tree index");
    }

    [Theory]
    [InlineData("--max-snapshots", "5", "--max-snapshots is deprecated in 3.6 and will be decommissioned in 3.8.")]
    [InlineData(
        "--v2-deprecation",
        "gone",
        "--v2-deprecation is deprecated and scheduled for removal in v3.8. The default value is enforced, ignoring user input."
    )]
    public async Task FlagsThatGoAwayAreWarnedOf(string flag, string value, string warning)
    {
        await using var server = await Start(flag, value);
        Assert.Equal("warn", Text(Line(server, warning), "level"));
        Assert.Equal("write-only", Text(Line(server, "starting an etcd server"), "v2-deprecation"));
    }

    private static async Task<EtcdServer> Start(params string[] arguments)
    {
        var server = await EtcdServer.StartAsync(ServerKind.Ours, new ServerOptions([.. arguments, "--log-level", "info"]));
        await server.WaitForOutputAsync("successfully notified init daemon");
        return server;
    }

    private static JsonElement Line(EtcdServer server, string message)
    {
        foreach (var text in server.Output.Split('\n').Where(line => line.StartsWith('{')))
        {
            var line = JsonSerializer.Deserialize<JsonElement>(text);
            if (Text(line, "msg") == message)
            {
                return line;
            }
        }

        Assert.Fail($"no line '{message}' in\n{server.Output}");
        return default;
    }

    private static string? Text(JsonElement line, string field) => line.GetProperty(field).GetString();
}
