using System.Globalization;
using System.Text;

namespace EtcdSharp.Conformance.Wire;

/// <summary>What <c>/metrics</c> says after the same requests: whatever etcd has measured, this member has measured too.</summary>
public sealed class MetricCases
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Metrics of etcd that need not be here, or not move with the same requests, and why.</summary>
    private static readonly Dictionary<string, string> s_others = new(StringComparer.Ordinal)
    {
        ["go_"] = "Go's runtime",
        ["etcd_debugging_store_"] = "API version 2, whose store etcd 3.5 uses for its members; 3.7 has none",
        ["etcd_debugging_mvcc_range_total"] = "an old name that 3.7 no longer has",
        ["etcd_server_apply_duration_seconds_count{op=\"PUT\",success=\"true\",version=\"v2\"}"] = "API version 2",
        ["etcd_server_apply_duration_seconds_sum{op=\"PUT\",success=\"true\",version=\"v2\"}"] = "API version 2",
        ["grpc_server_handled_total{grpc_code=\"Unavailable\""] = "how a stream is counted whose client is gone",
        ["etcd_server_client_requests_total"] = "has a label with the client's version",
        ["etcd_mvcc_db_open_read_transactions"] = "depends on the moment",
        ["etcd_debugging_mvcc_pending_events_total"] = "depends on the moment",
        ["etcd_server_proposals_pending"] = "depends on the moment",
        ["etcd_server_leader_changes_seen_total"] = "etcd counts its own election at the start",
        ["etcd_server_heartbeat_send_failures_total"] = "depends on the machine",
        ["etcd_server_slow_apply_total"] = "depends on the machine",
        ["etcd_server_slow_read_indexes_total"] = "depends on the machine",
        ["etcd_debugging_disk_backend_commit_rebalance_duration_seconds"] = "may be below what the clock of either resolves",
    };

    [Fact]
    public async Task WhatEtcdMeasuresIsMeasured()
    {
        Assert.SkipWhen(Programs.RealEtcd is null, Programs.HowToGetRealEtcd);
        Assert.SkipWhen(Environment.GetEnvironmentVariable("ETCDSHARP_ENDPOINT") is { Length: > 0 }, "starts two servers");
        await using var real = await Servers.Fresh(ServerKind.Real, "--snapshot-count", "10");
        await using var ours = await Servers.Fresh(ServerKind.Ours, "--snapshot-count", "10");
        await Exercise(real.Endpoint);
        await Exercise(ours.Endpoint);

        // Some is measured behind the answers: the store commits on its own, and a snapshot is written beside the requests.
        var missing = await Missing(real.Address, ours.Address);
        for (var limit = DateTime.UtcNow + s_limit; missing.Count != 0 && DateTime.UtcNow < limit; )
        {
            await Task.Delay(100);
            missing = await Missing(real.Address, ours.Address);
        }

        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Theory, OnEach(Since = "3.7")]
    public async Task AnAlarmIsSeen(ServerKind kind)
    {
        await using var server = await Servers.Fresh(kind);
        var self = (await server.Endpoint.Status()).Header.MemberId;
        var line = $"etcd_debugging_server_alarms{{server_id=\"{self:x}\",alarm_type=\"NOSPACE\"}}";
        Assert.DoesNotContain("etcd_debugging_server_alarms", await Scrape(server.Address), StringComparison.Ordinal);
        foreach (var action in new[] { AlarmRequest.Types.AlarmAction.Activate, AlarmRequest.Types.AlarmAction.Deactivate })
        {
            await server.Endpoint.Alarm(
                new AlarmRequest
                {
                    Action = action,
                    Alarm = AlarmType.Nospace,
                    MemberID = self,
                }
            );
            var value = action == AlarmRequest.Types.AlarmAction.Activate ? 1 : 0;
            Assert.Contains($"\n{line} {value}\n", Ordered(await Scrape(server.Address), line), StringComparison.Ordinal);
        }
    }

    // Etcd takes the end of the stream, which its own gRPC library brings about, for the client's and counts nothing.
    [Theory]
    [InlineData("/etcdserverpb.Watch/Watch", "watch")]
    [InlineData("/etcdserverpb.Lease/LeaseKeepAlive", "lease-keepalive")]
    public async Task AMessageThatCannotBeReadIsCounted(string method, string api)
    {
        await using var server = await Servers.Fresh(ServerKind.Ours);
        byte[] noMessage = [0xff, 0xff, 0xff];
        var answer = await server.Endpoint.Raw(method, GrpcFrame.Of(noMessage));
        Assert.Equal(GrpcCode.Internal, answer.Code);
        var line = $"etcd_network_server_stream_failures_total{{API=\"{api}\",Type=\"receive\"}} 1";
        for (var limit = DateTime.UtcNow + s_limit; DateTime.UtcNow < limit; await Task.Delay(20))
        {
            if (Ordered(await Scrape(server.Address), line).Contains(line, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"{line} is not in {await Scrape(server.Address)}");
    }

    private static async Task Exercise(EtcdEndpoint etcd)
    {
        var lease = (await etcd.LeaseGrant(new LeaseGrantRequest { TTL = 600 })).ID;
        await using (var watch = etcd.Watch())
        {
            await watch.WriteAsync(Watch(Utf8("k0")));
            Assert.True((await watch.Next()).Created);
            for (var i = 0; i < 30; i++)
            {
                await etcd.Put(Put(Utf8($"k{i}"), new string('x', 2000)));
            }

            Assert.NotEmpty((await watch.Next()).Events);
        }

        await using (var alive = etcd.LeaseKeepAlive())
        {
            await alive.WriteAsync(new LeaseKeepAliveRequest { ID = lease });
            Assert.Equal(600, (await alive.ReadAsync())!.TTL);
        }

        await etcd.LeaseRevoke(new LeaseRevokeRequest { ID = lease });
        await etcd.Range(Get(Utf8("k1")));
        await etcd.DeleteRange(new DeleteRangeRequest { Key = Utf8("k1") });
        await etcd.Txn(new TxnRequest { Success = { new RequestOp { RequestPut = Put(Utf8("k2"), "2") } } });
        var revision = (await etcd.Range(Get(Utf8("k2")))).Header.Revision;
        await etcd.Compact(new CompactionRequest { Revision = revision, Physical = true });
        await etcd.HashKV();
        await etcd.Call<HashResponse>("/etcdserverpb.Maintenance/Hash", new HashRequest());
        await etcd.Call<DefragmentResponse>("/etcdserverpb.Maintenance/Defragment", new DefragmentRequest());
        await etcd.ServerStream<SnapshotResponse>("/etcdserverpb.Maintenance/Snapshot", new SnapshotRequest());
        await etcd.Status();
    }

    /// <summary>The series that have moved at etcd and have not here.</summary>
    private static async Task<List<string>> Missing(Uri real, Uri ours)
    {
        var expected = await Samples(real);
        var got = await Samples(ours);
        return
        [
            .. expected
                .Where(sample => !s_others.Keys.Any(other => sample.Key.StartsWith(other, StringComparison.Ordinal)))
                .Where(sample => !got.TryGetValue(sample.Key, out var value) || (sample.Value != 0 && value == 0))
                .Select(sample =>
                    $"{sample.Key} is {sample.Value} at etcd, {(got.TryGetValue(sample.Key, out var v) ? v : "absent")} here"
                )
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Values by name and labels, without what names a host, a version or a member; of histograms the count.</summary>
    private static async Task<Dictionary<string, double>> Samples(Uri address)
    {
        Dictionary<string, double> samples = new(StringComparer.Ordinal);
        foreach (var line in (await Scrape(address)).Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#' || line.Contains("_bucket{", StringComparison.Ordinal))
            {
                continue;
            }

            var end = line.LastIndexOf(' ');
            var name = line[..end];
            var labels = name.IndexOf('{', StringComparison.Ordinal);
            if (labels >= 0)
            {
                var pairs = name[(labels + 1)..^1].Split(',').Order(StringComparer.Ordinal);
                name = name[..labels] + "{" + string.Join(',', pairs.Select(WithoutPlace)) + "}";
            }

            samples[name] = double.Parse(line[(end + 1)..], CultureInfo.InvariantCulture);
        }

        return samples;
    }

    private static string WithoutPlace(string pair)
    {
        var label = pair.Split('=')[0];
        return label is "server_id" or "server_version" or "cluster_version" or "server_go_version" or "Local" or "Remote"
            ? label
            : pair;
    }

    /// <summary>The labels of a line in the order in which the other names them: their order has no meaning.</summary>
    private static string Ordered(string metrics, string like)
    {
        var name = like[..like.IndexOf('{', StringComparison.Ordinal)];
        var order = like[(name.Length + 1)..like.IndexOf('}', StringComparison.Ordinal)].Split(',');
        var text = new StringBuilder();
        foreach (var line in metrics.Split('\n'))
        {
            var labels = line.StartsWith(name + "{", StringComparison.Ordinal)
                ? line[(name.Length + 1)..line.IndexOf('}', StringComparison.Ordinal)].Split(',')
                : [];
            text.Append(
                    labels.Length != 0 && labels.ToHashSet(StringComparer.Ordinal).SetEquals(order)
                        ? $"{name}{{{string.Join(',', order)}}}{line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..]}"
                        : line
                )
                .Append('\n');
        }

        return text.ToString();
    }

    private static async Task<string> Scrape(Uri address) => (await RawHttp.AskAsync(address, "GET /metrics HTTP/1.1")).Text;
}
