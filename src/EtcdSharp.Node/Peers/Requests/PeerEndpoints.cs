using System.Globalization;
using EtcdSharp.Node.Peers.Streams;
using EtcdSharp.Node.Peers.Transport;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Replica.Membership;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Peers.Requests;

/// <summary>What other members ask of this one over HTTP: the raft traffic. The rest is in <see cref="PeerQuestions"/>.</summary>
internal sealed class PeerEndpoints(
    PeerIdentity self,
    PeerTransport transport,
    IPeerEvents events,
    SnapshotReceiver snapshots,
    PeerQuestions questions,
    ClusterState cluster,
    PeerMetrics metrics,
    ILogger logger
)
{
    /// <summary>A message outside of a stream may hold a whole append.</summary>
    private const int PipelineBytesMax = PeerProtocol.MessageBytesMax;

    public async Task ServeAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        if (path == PeerProtocol.ProbingPath)
        {
            http.Response.ContentType = "application/json";
            var now = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture);
            await http.Response.WriteAsync($"{{\"OK\":true,\"Now\":\"{now}\"}}\n").ConfigureAwait(false);
        }
        else if (path == PeerProtocol.PipelinePath)
        {
            await ServePipelineAsync(http).ConfigureAwait(false);
        }
        else if (path == PeerProtocol.SnapshotPath)
        {
            await ServeSnapshotAsync(http).ConfigureAwait(false);
        }
        else if (path.StartsWith(PeerProtocol.AppendStreamPath, StringComparison.Ordinal))
        {
            await ServeStreamAsync(http, path[PeerProtocol.AppendStreamPath.Length..], appends: true).ConfigureAwait(false);
        }
        else if (path.StartsWith(PeerProtocol.MessageStreamPath, StringComparison.Ordinal))
        {
            await ServeStreamAsync(http, path[PeerProtocol.MessageStreamPath.Length..], appends: false).ConfigureAwait(false);
        }
        else if (!await questions.TryServeAsync(http, path).ConfigureAwait(false))
        {
            await PlainHttp.ErrorAsync(http, StatusCodes.Status404NotFound, "404 page not found").ConfigureAwait(false);
        }
    }

    private async Task ServePipelineAsync(HttpContext http)
    {
        if (!await AcceptAsync(http, HttpMethods.Post).ConfigureAwait(false))
        {
            return;
        }

        // Of a body that does not tell its length, too: reading beyond ends with 413.
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = PipelineBytesMax;
        var body = new MemoryStream();
        if (http.Request.ContentLength > PipelineBytesMax)
        {
            await PlainHttp.ErrorAsync(http, StatusCodes.Status400BadRequest, "error reading raft message").ConfigureAwait(false);
            return;
        }

        await http.Request.Body.CopyToAsync(body, http.RequestAborted).ConfigureAwait(false);
        if (!RaftWire.TryDecode(body.GetBuffer().AsMemory(0, (int)body.Length), out Message? message))
        {
            metrics.ReceivedFailures.Add(1, PeerMetrics.From(http.Connection.RemoteIpAddress?.ToString() ?? ""));
            await PlainHttp
                .ErrorAsync(http, StatusCodes.Status400BadRequest, "error unmarshalling raft message")
                .ConfigureAwait(false);
            return;
        }

        metrics.ReceivedBytes.Add(body.Length, PeerMetrics.From(MemberIds.ToText(message.From)));
        await ProcessAsync(http, message).ConfigureAwait(false);
    }

    private async Task ServeSnapshotAsync(HttpContext http)
    {
        if (!await AcceptAsync(http, HttpMethods.Post).ConfigureAwait(false))
        {
            return;
        }

        var (message, problem) = await snapshots.ReceiveAsync(http.Request.Body, http.RequestAborted).ConfigureAwait(false);
        if (message is null)
        {
            await PlainHttp.ErrorAsync(http, StatusCodes.Status500InternalServerError, problem!).ConfigureAwait(false);
            return;
        }

        await ProcessAsync(http, message).ConfigureAwait(false);
    }

    private async Task ProcessAsync(HttpContext http, Message message)
    {
        if (cluster.View.Removed.Contains(message.From))
        {
            PeerLog.RemovedPeerRejected(logger, self.MemberText, MemberIds.ToText(message.From));
            await PlainHttp
                .ErrorAsync(http, StatusCodes.Status403Forbidden, "cannot process message from removed member")
                .ConfigureAwait(false);
            return;
        }

        http.Response.StatusCode = events.Receive(message)
            ? StatusCodes.Status204NoContent
            : StatusCodes.Status503ServiceUnavailable;
    }

    /// <summary>The other member reads what we have for it, until one of both goes.</summary>
    private async Task ServeStreamAsync(HttpContext http, string fromText, bool appends)
    {
        http.Response.Headers[PeerProtocol.VersionHeader] = self.Version.ToString();
        if (!await AcceptAsync(http, HttpMethods.Get).ConfigureAwait(false))
        {
            return;
        }

        var (status, problem) = CheckStream(http, fromText, out var peer);
        if (peer is null)
        {
            PeerLog.PeerRejected(logger, self.MemberText, fromText, problem);
            await PlainHttp.ErrorAsync(http, status, problem).ConfigureAwait(false);
            return;
        }

        http.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        await http.Response.StartAsync(http.RequestAborted).ConfigureAwait(false);
        await http.Response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
        IPeerCodec codec = appends ? new AppendCodec(self.MemberId, peer.Id) : new MessageCodec();
        var writer = appends ? peer.Appends : peer.Messages;
        await peer.ServeAsync(writer, http.Response.Body, codec, http.RequestAborted).ConfigureAwait(false);
        http.Abort();
    }

    private (int Status, string Problem) CheckStream(HttpContext http, string fromText, out PeerConnection? peer)
    {
        peer = null;
        if (!PeerProtocol.TryParseId(fromText, out var from))
        {
            return (StatusCodes.Status404NotFound, "invalid from");
        }

        if (cluster.View.Removed.Contains(from))
        {
            return (StatusCodes.Status410Gone, "removed member");
        }

        if (transport.Find(from) is not { } known)
        {
            AddRemote(http, from);
            return (StatusCodes.Status404NotFound, "error sender not found");
        }

        if (http.Request.Headers[PeerProtocol.ToHeader] != self.MemberText)
        {
            return (StatusCodes.Status412PreconditionFailed, "to field mismatch");
        }

        peer = known;
        return default;
    }

    /// <summary>Method, versions and cluster; false when the request was answered with a refusal.</summary>
    private async ValueTask<bool> AcceptAsync(HttpContext http, string method)
    {
        if (!await PlainHttp.OnlyAsync(http, method).ConfigureAwait(false))
        {
            return false;
        }

        http.Response.Headers[PeerProtocol.ClusterIdHeader] = self.ClusterText;
        var from = http.Request.Headers[PeerProtocol.FromHeader].ToString();
        if (PeerProtocol.Refusal(http.Request.Headers, self) is { } refusal)
        {
            LogRefusal(http, from, refusal);
            await PlainHttp.ErrorAsync(http, StatusCodes.Status412PreconditionFailed, refusal).ConfigureAwait(false);
            return false;
        }

        if (method == HttpMethods.Post && PeerProtocol.TryParseId(from, out var id))
        {
            AddRemote(http, id);
        }

        return true;
    }

    private void LogRefusal(HttpContext http, string from, string refusal)
    {
        var headers = http.Request.Headers;
        if (refusal == PeerProtocol.ClusterIdMismatch)
        {
            var theirs = headers[PeerProtocol.ClusterIdHeader].ToString();
            PeerLog.ClusterIdMismatch(logger, self.MemberText, self.ClusterText, from, theirs);
        }
        else
        {
            var (version, minimum) = (headers[PeerProtocol.VersionHeader], headers[PeerProtocol.MinimumClusterVersionHeader]);
            PeerLog.VersionMismatch(
                logger,
                self.MemberText,
                self.Version.ToString(),
                from,
                version.ToString(),
                minimum.ToString()
            );
        }
    }

    private void AddRemote(HttpContext http, ulong id)
    {
        var urls = http.Request.Headers[PeerProtocol.PeerUrlsHeader].ToString();
        if (urls.Length != 0 && !cluster.View.Removed.Contains(id) && PeerUrls.TryParse(urls.Split(',')) is { } parsed)
        {
            transport.AddRemote(id, parsed);
        }
    }
}
