using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using EtcdSharp.Grpc;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Server.Tests.Members;
using EtcdSharp.Server.Tests.Peer;

namespace EtcdSharp.Server.Tests.Metrics;

/// <summary>Two members in a process, as in a test or an application, count apart.</summary>
public sealed class TwoMembersTests
{
    private const string Puts = "{grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"}";

    private static async Task<string> GetAsync(Member member, string path)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(new Uri(member.ClientUrls[0]), path), TestContext.Current.CancellationToken);
    }

    private static async Task<Dictionary<string, double>> ScrapeAsync(Member member)
    {
        var text = await GetAsync(member, "/metrics");
        return text.Split('\n')
            .Where(static line => line.Length != 0 && line[0] != '#')
            .Select(static line => (line, space: line.LastIndexOf(' ')))
            .ToDictionary(
                static at => at.line[..at.space],
                static at => double.Parse(at.line[(at.space + 1)..], CultureInfo.InvariantCulture),
                StringComparer.Ordinal
            );
    }

    private static double Grown(Dictionary<string, double> before, Dictionary<string, double> after, string metric) =>
        after.GetValueOrDefault(metric) - before.GetValueOrDefault(metric);

    private static IEnumerable<string> SeriesOf(Dictionary<string, double> scraped, string start) =>
        scraped.Keys.Where(series => series.StartsWith(start, StringComparison.Ordinal));

    [Fact]
    public async Task What_one_member_does_the_other_does_not_count()
    {
        await using var busy = await TestMember.StartAsync();
        await using var idle = await TestMember.StartAsync();
        var (busyBefore, idleBefore) = (await ScrapeAsync(busy.Member), await ScrapeAsync(idle.Member));
        for (var i = 0; i < 10; i++)
        {
            await busy.PutAsync($"key{i}", "12345678");
        }

        await GetAsync(busy.Member, "/health");
        await GetAsync(busy.Member, "/livez");
        var (busyAfter, idleAfter) = (await ScrapeAsync(busy.Member), await ScrapeAsync(idle.Member));
        (string Metric, double Times)[] counted =
        [
            ("etcd_mvcc_put_total", 10),
            // Keys and values, without what the store writes beside them: 10 × (4 + 8).
            ("etcd_debugging_mvcc_total_put_size_in_bytes", 120),
            ("etcd_debugging_mvcc_keys_total", 10),
            ("etcd_server_apply_duration_seconds_count{op=\"Put\",success=\"true\",version=\"v3\"}", 10),
            ($"grpc_server_started_total{Puts}", 10),
            ($"grpc_server_msg_received_total{Puts}", 10),
            ($"grpc_server_msg_sent_total{Puts}", 10),
            ("etcd_server_health_success", 1),
            ("etcd_server_healthchecks_total{type=\"livez\",name=\"serializable_read\",status=\"success\"}", 1),
        ];
        foreach (var (metric, times) in counted)
        {
            Assert.Equal((metric, times), (metric, Grown(busyBefore, busyAfter, metric)));
            Assert.Equal((metric, 0), (metric, Grown(idleBefore, idleAfter, metric)));
        }

        string[] ofTheBusy =
        [
            "etcd_disk_wal_fsync_duration_seconds_count",
            "etcd_network_client_grpc_received_bytes_total",
            "etcd_network_client_grpc_sent_bytes_total",
        ];
        Assert.All(ofTheBusy, metric => Assert.True(Grown(busyBefore, busyAfter, metric) > 0, metric));
        Assert.Equal(0, idleAfter["etcd_network_client_grpc_received_bytes_total"]);
        Assert.Equal(0, idleAfter["etcd_network_client_grpc_sent_bytes_total"]);

        // The scrape before is one of it.
        const string scrapes = "promhttp_metric_handler_requests_total{code=\"200\"}";
        Assert.Equal((1, 1), (busyAfter[scrapes], idleAfter[scrapes]));
    }

    [Fact]
    public async Task Proposals_and_peers_are_those_of_the_member()
    {
        await using var idle = await TestMember.StartAsync();
        await using var cluster = await TestCluster.StartAsync(2);
        var ids = cluster.Members.ToDictionary(pair => pair.Key, pair => MemberIds.ToText(pair.Value.MemberId));
        var first = cluster.Members["m1"];
        await TestCluster.UntilAsync(
            () => cluster.Members.Values.All(member => member.Peers.Transport.Find(OtherOf(member))!.ActiveSince is not null),
            "both members reach each other"
        );
        foreach (var (name, other) in new[] { ("m1", "m2"), ("m2", "m1") })
        {
            var peers = SeriesOf(await ScrapeAsync(cluster.Members[name]), "etcd_network_active_peers{");
            Assert.Equal([$"etcd_network_active_peers{{Local=\"{ids[name]}\",Remote=\"{ids[other]}\"}}"], peers);
            Assert.All(
                SeriesOf(await ScrapeAsync(cluster.Members[name]), "etcd_network_peer_sent_bytes_total{"),
                series => Assert.Contains($"To=\"{ids[other]}\"", series, StringComparison.Ordinal)
            );
        }

        // Without the other member it waits for its quorum, until the request's time is over.
        await cluster.StopMemberAsync("m2");
        var put = cluster.PutAsync("m1", "key", "value");
        double pending;
        do
        {
            pending = (await ScrapeAsync(first))["etcd_server_proposals_pending"];
        } while (pending == 0 && !put.IsCompleted);

        Assert.Equal(1, pending);
        Assert.Equal(0, (await ScrapeAsync(idle.Member))["etcd_server_proposals_pending"]);
        await Assert.ThrowsAsync<GrpcStatusException>(() => put);
        var (own, others) = (await ScrapeAsync(first), await ScrapeAsync(idle.Member));
        Assert.Equal((0, 1), (own["etcd_server_proposals_pending"], own["etcd_server_proposals_failed_total"]));
        Assert.Equal((0, 0), (others["etcd_server_proposals_pending"], others["etcd_server_proposals_failed_total"]));
        Assert.Empty(SeriesOf(others, "etcd_network_active_peers{"));
        Assert.Empty(SeriesOf(others, "etcd_network_peer_sent_bytes_total{"));

        ulong OtherOf(Member member) => cluster.Members.Values.Single(other => !ReferenceEquals(other, member)).MemberId;
    }

    [Fact]
    public void No_instrument_belongs_to_the_whole_process()
    {
        var shared = new[]
        {
            typeof(Member),
            typeof(Mvcc.MvccStore),
            typeof(Storage.Backend.BackendStore),
            typeof(Grpc.Server.GrpcServerOptions),
        }
            .SelectMany(static type => type.Assembly.GetTypes())
            .Where(static type =>
                type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                    .Any(static field => typeof(Instrument).IsAssignableFrom(field.FieldType) || field.FieldType == typeof(Meter))
            )
            .Select(static type => type.Name);
        Assert.Empty(shared);
    }
}
