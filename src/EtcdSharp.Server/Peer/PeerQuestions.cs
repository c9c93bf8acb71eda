using System.Globalization;
using System.Text.Json;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Api.Leasepb;
using EtcdSharp.Mvcc;
using EtcdSharp.Server.Corruption;
using EtcdSharp.Server.Edge.Grpc;
using EtcdSharp.Server.Edge.Http;
using EtcdSharp.Server.Membership;
using EtcdSharp.Server.Node;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace EtcdSharp.Server.Peer;

/// <summary>What other members ask of this one apart from raft: members, version, hashes, leases, promotions.</summary>
internal sealed class PeerQuestions(
    PeerIdentity self,
    IReplicatedLog log,
    ClusterState cluster,
    HashQueue hashes,
    LeaseKeeper leases,
    Reconfiguration reconfiguration
)
{
    /// <summary>The requests name one lease or one revision; etcd's bound.</summary>
    private const int RequestBytesMax = 64 * 1024;

    /// <summary>False when the path is none of these.</summary>
    public async ValueTask<bool> TryServeAsync(HttpContext http, string path)
    {
        switch (path)
        {
            case PeerProtocol.MembersPath:
                await ServeMembersAsync(http).ConfigureAwait(false);
                return true;
            case PeerProtocol.VersionPath:
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync(Version()).ConfigureAwait(false);
                return true;
            case PeerProtocol.DowngradePath:
                http.Response.Headers[PeerProtocol.ClusterIdHeader] = self.ClusterText;
                await http.Response.WriteAsync(cluster.View.Downgrade.Enabled ? "true" : "false").ConfigureAwait(false);
                return true;
            case PeerProtocol.HashKvPath:
                await ServeHashAsync(http).ConfigureAwait(false);
                return true;
            case PeerProtocol.LeasesPath:
                await ServeLeaseAsync(http, RenewAsync).ConfigureAwait(false);
                return true;
            case PeerProtocol.LeasesInternalPath:
                await ServeLeaseAsync(http, TimeToLiveAsync).ConfigureAwait(false);
                return true;
            default:
                if (path.StartsWith(PeerProtocol.PromotePath, StringComparison.Ordinal))
                {
                    await ServePromotionAsync(http, path[PeerProtocol.PromotePath.Length..]).ConfigureAwait(false);
                    return true;
                }

                return false;
        }
    }

    private string Version() =>
        $"{{\"etcdserver\":\"{self.Version}\",\"etcdcluster\":\"{cluster.View.Version?.ToString() ?? "not_decided"}\","
        + $"\"storage\":\"{cluster.StorageVersion}\"}}";

    private async Task ServeMembersAsync(HttpContext http)
    {
        if (await PlainHttp.OnlyAsync(http, HttpMethods.Get).ConfigureAwait(false))
        {
            http.Response.Headers[PeerProtocol.ClusterIdHeader] = self.ClusterText;
            await WriteMembersAsync(http, cluster.View).ConfigureAwait(false);
        }
    }

    private static async Task WriteMembersAsync(HttpContext http, ClusterView view)
    {
        http.Response.ContentType = "application/json";
        var members = view.Members.Select(member => System.Text.Encoding.UTF8.GetString(MemberJson.Encode(member)));
        await http.Response.WriteAsync($"[{string.Join(',', members)}]\n").ConfigureAwait(false);
    }

    private async Task ServePromotionAsync(HttpContext http, string idText)
    {
        if (!await PlainHttp.OnlyAsync(http, HttpMethods.Post).ConfigureAwait(false))
        {
            return;
        }

        http.Response.Headers[PeerProtocol.ClusterIdHeader] = self.ClusterText;
        if (!ulong.TryParse(idText, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            await PlainHttp
                .ErrorAsync(http, StatusCodes.Status404NotFound, $"member {idText} not found in cluster")
                .ConfigureAwait(false);
            return;
        }

        var (view, error) = await reconfiguration.PromoteHereAsync(id, http.RequestAborted).ConfigureAwait(false);
        if (error is null)
        {
            await WriteMembersAsync(http, view!).ConfigureAwait(false);
            return;
        }

        // The asking member reads the status and the text after the prefix that only clients see.
        const string clientPrefix = "etcdserver: ";
        var status =
            ReferenceEquals(error, EtcdError.MemberNotFound) ? StatusCodes.Status404NotFound
            : ReferenceEquals(error, EtcdError.MemberNotLearner) || ReferenceEquals(error, EtcdError.LearnerNotReady)
                ? StatusCodes.Status412PreconditionFailed
            : StatusCodes.Status500InternalServerError;
        var text =
            ReferenceEquals(error, EtcdError.MemberNotFound) ? "membership: ID not found"
            : ReferenceEquals(error, EtcdError.MemberNotLearner) ? "membership: can only promote a learner member"
            : ReferenceEquals(error, EtcdError.LearnerNotReady) ? error.Message
            : error.Message.StartsWith(clientPrefix, StringComparison.Ordinal) ? error.Message
            : "Internal Server Error";
        await PlainHttp.ErrorAsync(http, status, text).ConfigureAwait(false);
    }

    private async Task ServeHashAsync(HttpContext http)
    {
        if (!await PlainHttp.OnlyAsync(http, HttpMethods.Get).ConfigureAwait(false))
        {
            return;
        }

        http.Response.Headers[PeerProtocol.ClusterIdHeader] = self.ClusterText;
        var asked = http.Request.Headers[PeerProtocol.ClusterIdHeader].ToString();
        if (asked.Length != 0 && asked != self.ClusterText)
        {
            await PlainHttp
                .ErrorAsync(http, StatusCodes.Status412PreconditionFailed, PeerProtocol.ClusterIdMismatch)
                .ConfigureAwait(false);
            return;
        }

        if (await ReadRevisionAsync(http).ConfigureAwait(false) is not { } revision)
        {
            await PlainHttp
                .ErrorAsync(http, StatusCodes.Status400BadRequest, "error unmarshalling request")
                .ConfigureAwait(false);
            return;
        }

        var (status, hash, current) = await hashes.HashKvAsync(revision, http.RequestAborted).ConfigureAwait(false);
        if (status != MvccStatus.Ok)
        {
            var message = Apply.MvccErrors.Of(status).Message.Replace("etcdserver: ", "", StringComparison.Ordinal);
            await PlainHttp.ErrorAsync(http, StatusCodes.Status400BadRequest, message).ConfigureAwait(false);
            return;
        }

        http.Response.ContentType = "application/json";
        await http
            .Response.WriteAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{{\"header\":{{\"cluster_id\":{self.ClusterId},\"member_id\":{self.MemberId},\"revision\":{current},\"raft_term\":{log.Term}}},\"hash\":{hash.Hash},\"compact_revision\":{hash.CompactRevision},\"hash_revision\":{hash.Revision}}}"
                )
            )
            .ConfigureAwait(false);
    }

    private static async Task<long?> ReadRevisionAsync(HttpContext http)
    {
        if (await ReadBodyAsync(http).ConfigureAwait(false) is not { } body)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("revision", out var revision) ? revision.GetInt64() : 0;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private async Task ServeLeaseAsync(
        HttpContext http,
        Func<byte[], CancellationToken, Task<(byte[]? Body, EtcdError? Error)>> serve
    )
    {
        if (!await PlainHttp.OnlyAsync(http, HttpMethods.Post).ConfigureAwait(false))
        {
            return;
        }

        if (await ReadBodyAsync(http).ConfigureAwait(false) is not { } request)
        {
            await PlainHttp
                .ErrorAsync(http, StatusCodes.Status413PayloadTooLarge, "request body too large")
                .ConfigureAwait(false);
            return;
        }

        // Only the leader keeps the clocks; to pass it on from here could go in circles while leadership moves.
        if (!log.IsLeader)
        {
            await PlainHttp.ErrorAsync(http, StatusCodes.Status400BadRequest, "not a primary lessor").ConfigureAwait(false);
            return;
        }

        byte[]? body;
        EtcdError? error;
        try
        {
            (body, error) = await serve(request, http.RequestAborted).ConfigureAwait(false);
        }
        catch (InvalidProtocolBufferException)
        {
            await PlainHttp
                .ErrorAsync(http, StatusCodes.Status400BadRequest, "error unmarshalling request")
                .ConfigureAwait(false);
            return;
        }

        if (body is null)
        {
            await RefuseLeaseAsync(http, error!).ConfigureAwait(false);
            return;
        }

        http.Response.ContentType = "application/protobuf";
        await http.Response.Body.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
    }

    private static Task RefuseLeaseAsync(HttpContext http, EtcdError error) =>
        ReferenceEquals(error, EtcdError.LeaseNotFound)
            ? PlainHttp.ErrorAsync(http, StatusCodes.Status404NotFound, "lease not found")
        : ReferenceEquals(error, EtcdError.TimeoutWaitAppliedIndex)
            ? PlainHttp.ErrorAsync(http, StatusCodes.Status408RequestTimeout, PeerProtocol.LeaseApplyTimeout)
        : PlainHttp.ErrorAsync(http, StatusCodes.Status500InternalServerError, error.Message);

    private async Task<(byte[]? Body, EtcdError? Error)> RenewAsync(byte[] body, CancellationToken cancellation)
    {
        var request = LeaseKeepAliveRequest.Parser.ParseFrom(body);
        var (ttl, error) = await leases.RenewAsync(request.ID, cancellation).ConfigureAwait(false);
        return error is null ? (new LeaseKeepAliveResponse { ID = request.ID, TTL = ttl }.ToByteArray(), null) : (null, error);
    }

    private async Task<(byte[]? Body, EtcdError? Error)> TimeToLiveAsync(byte[] body, CancellationToken cancellation)
    {
        var request = LeaseInternalRequest.Parser.ParseFrom(body).LeaseTimeToLiveRequest ?? new LeaseTimeToLiveRequest();
        var (response, error) = await leases.TimeToLiveHereAsync(request, cancellation).ConfigureAwait(false);
        if (response is null)
        {
            return (null, error);
        }

        response.Header = new ResponseHeader();
        return (new LeaseInternalResponse { LeaseTimeToLiveResponse = response }.ToByteArray(), null);
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpContext http)
    {
        var body = new byte[RequestBytesMax + 1];
        var read = await http.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false).ConfigureAwait(false);
        return read > RequestBytesMax ? null : body[..read];
    }
}
