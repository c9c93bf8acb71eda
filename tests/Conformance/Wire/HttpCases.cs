using System.Net;
using System.Text.Json;

namespace EtcdSharp.Conformance.Wire;

/// <summary>What is not gRPC on the port for clients, asked over HTTP/1.1 as curl does.</summary>
public sealed class HttpCases(Servers servers)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(15),
    };

    private async Task<Uri> Here(ServerKind kind) => (await servers.Shared(kind)).Address;

    private static async Task<(HttpStatusCode Status, string? Type, string Body)> Fetch(
        Uri server,
        string path,
        HttpMethod? verb = null
    )
    {
        using var request = new HttpRequestMessage(verb ?? HttpMethod.Get, new Uri(server, path));
        using var response = await Http.SendAsync(request);
        return (
            response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            await response.Content.ReadAsStringAsync()
        );
    }

    [Theory]
    [OnEach("/health")]
    [OnEach("/health?serializable=true")]
    [OnEach("/health?serializable=false")]
    [OnEach("/health?exclude=NOSPACE")]
    public async Task Health(ServerKind kind, string path)
    {
        var (status, _, body) = await Fetch(await Here(kind), path);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"health":"true","reason":""}""", body);
    }

    [Theory]
    [OnEach("/health", false)]
    [OnEach("/health?exclude=NOSPACE", true)]
    [OnEach("/health?exclude=CORRUPT", false)]
    [OnEach("/readyz", true)]
    [OnEach("/livez", true)]
    public async Task WithAnAlarm(ServerKind kind, string path, bool healthy)
    {
        await using var server = await Servers.Fresh(kind);
        var self = (await server.Endpoint.Status()).Header.MemberId;
        await server.Endpoint.Alarm(
            new AlarmRequest
            {
                Action = AlarmRequest.Types.AlarmAction.Activate,
                Alarm = AlarmType.Nospace,
                MemberID = self,
            }
        );
        var (status, _, body) = await Fetch(server.Address, path);
        Assert.Equal(healthy ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, status);
        if (!healthy)
        {
            Assert.Equal("""{"health":"false","reason":"ALARM NOSPACE"}""" + "\n", body);
        }
    }

    [Theory, OnEach]
    public async Task Version(ServerKind kind)
    {
        var (status, type, body) = await Fetch(await Here(kind), "/version");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("application/json", type);
        using var json = JsonDocument.Parse(body);
        Assert.Matches(@"^3\.\d+\.\d+", json.RootElement.GetProperty("etcdserver").GetString());
        Assert.Matches(@"^3\.\d+\.0$", json.RootElement.GetProperty("etcdcluster").GetString());
    }

    [Theory]
    [OnEach("/livez", "ok\n")]
    [OnEach("/readyz", "ok\n")]
    [OnEach("/livez?verbose", "[+]serializable_read ok\nok\n")]
    [OnEach("/livez/serializable_read", "ok\n")]
    [OnEach("/readyz/data_corruption", "ok\n")]
    [OnEach("/readyz/linearizable_read", "ok\n")]
    public async Task Probes(ServerKind kind, string path, string expected)
    {
        var (status, type, body) = await Fetch(await Here(kind), path);
        Assert.Equal((HttpStatusCode.OK, expected), (status, body));
        Assert.Equal("text/plain; charset=utf-8", type);
    }

    [Theory]
    [OnEach("/livez?exclude=serializable_read", "")]
    [OnEach("/livez/nothing", "404 page not found\n")]
    public async Task ProbesWithLess(ServerKind kind, string path, string expected)
    {
        var (status, _, body) = await Fetch(await Here(kind), path);
        Assert.Equal(expected.Length == 0 ? HttpStatusCode.OK : HttpStatusCode.NotFound, status);
        if (expected.Length != 0)
        {
            Assert.Equal(expected, body);
        }
    }

    [Theory]
    [OnEach("etcd_server_has_leader 1")]
    [OnEach("etcd_server_is_leader 1")]
    [OnEach("etcd_server_leader_changes_seen_total")]
    [OnEach("etcd_server_proposals_committed_total")]
    [OnEach("etcd_server_proposals_applied_total")]
    [OnEach("etcd_server_proposals_pending")]
    [OnEach("etcd_server_proposals_failed_total")]
    [OnEach("etcd_server_slow_apply_total")]
    [OnEach("etcd_server_version{server_version=")]
    [OnEach("etcd_cluster_version{cluster_version=")]
    [OnEach("etcd_server_quota_backend_bytes")]
    [OnEach("etcd_server_health_success")]
    [OnEach("etcd_mvcc_db_total_size_in_bytes")]
    [OnEach("etcd_mvcc_db_total_size_in_use_in_bytes")]
    [OnEach("etcd_mvcc_put_total")]
    [OnEach("etcd_mvcc_range_total")]
    [OnEach("etcd_mvcc_delete_total")]
    [OnEach("etcd_mvcc_txn_total")]
    [OnEach("etcd_debugging_mvcc_keys_total")]
    [OnEach("etcd_debugging_mvcc_current_revision")]
    [OnEach("etcd_debugging_mvcc_watcher_total")]
    [OnEach("etcd_disk_wal_fsync_duration_seconds_bucket{le=\"0.001\"}")]
    [OnEach("etcd_disk_backend_commit_duration_seconds_bucket{le=\"0.001\"}")]
    [OnEach("etcd_network_client_grpc_received_bytes_total")]
    [OnEach("etcd_network_client_grpc_sent_bytes_total")]
    [OnEach(
        "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"}"
    )]
    [OnEach("process_resident_memory_bytes")]
    [OnEach("process_open_fds")]
    public async Task Metrics(ServerKind kind, string line)
    {
        var server = await servers.Shared(kind);
        await server.Endpoint.Put(Put(new Keyspace()["a"], "x"));
        await Fetch(server.Address, "/health");
        var (status, type, body) = await Fetch(server.Address, "/metrics");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("text/plain; version=0.0.4; charset=utf-8", type, StringComparison.Ordinal);
        Assert.Contains(body.Split('\n'), candidate => candidate.StartsWith(line, StringComparison.Ordinal));
    }

    [Theory]
    [OnEach("/nothing")]
    [OnEach("/v2keys")]
    public async Task AnUnknownPathIsNotFound(ServerKind kind, string path)
    {
        var (status, _, body) = await Fetch(await Here(kind), path);
        Assert.Equal((HttpStatusCode.NotFound, "404 page not found\n"), (status, body));
    }

    [Theory]
    [OnEach("/health")]
    [OnEach("/version")]
    public async Task AnotherVerbIsNotAllowed(ServerKind kind, string path)
    {
        var (status, _, _) = await Fetch(await Here(kind), path, HttpMethod.Post);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, status);
    }
}
