using System.Net;
using System.Net.Sockets;
using EtcdSharp.Replica.Membership;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Peers.Streams;

/// <summary>Opens a stream to another member, takes its messages from it, and opens it again when it breaks.</summary>
internal sealed class PeerStreamReader(
    string path,
    Func<IPeerCodec> codec,
    ulong peerId,
    PeerIdentity self,
    UrlPicker urls,
    HttpClient client,
    TimeSpan timeout,
    PeerStatus status,
    IPeerEvents events,
    Action<ulong> removalTold,
    PeerMetrics metrics,
    ILogger logger
)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);

    /// <summary>No longer than half an election at the usual timing: a member that comes back is heard before it campaigns.</summary>
    private static readonly TimeSpan LastRetry = TimeSpan.FromMilliseconds(400);

    private readonly string _peer = MemberIds.ToText(peerId);

    /// <summary>etcd's names of the two streams.</summary>
    private readonly string _kind = path == PeerProtocol.AppendStreamPath ? "stream MsgApp v2" : "stream Message";

    /// <summary>Whether the last attempt came to a stream.</summary>
    private bool _stood;

    public async Task RunAsync(CancellationToken stopping)
    {
        var retry = FirstRetry;
        var refusals = 0;
        while (!stopping.IsCancellationRequested)
        {
            var url = urls.Pick();
            _stood = false;
            try
            {
                await ReadAsync(url, stopping).ConfigureAwait(false);
                refusals = 0;
            }
            catch (Exception e)
                when (e is HttpRequestException or IOException or OperationCanceledException or InvalidDataException)
            {
                urls.Unreachable(url);
                if (!stopping.IsCancellationRequested)
                {
                    Lost(e.Message);
                    status.Deactivate(e.Message);
                }

                refusals = IsRefused(e) ? refusals + 1 : 0;
                if (refusals >= urls.All.Count)
                {
                    events.ReportGone(peerId);
                }
            }

            retry = _stood ? FirstRetry : retry;
            await Task.Delay(retry, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
        }
    }

    /// <summary>The machine is there and says that no process listens at the port.</summary>
    private static bool IsRefused(Exception failure) =>
        failure is HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } };

    private void Lost(string problem)
    {
        if (_stood)
        {
            PeerLog.StreamLost(logger, _kind, self.MemberText, _peer, problem);
        }
    }

    private async Task ReadAsync(string url, CancellationToken stopping)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, PeerUri.Create(url, path + self.MemberText));
        self.Sign(request);
        request.Headers.Add(PeerProtocol.ToHeader, _peer);
        using var dialing = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        dialing.CancelAfter(timeout);
        using var response = await client
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, dialing.Token)
            .ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            await RefusedAsync(response, url, dialing.Token).ConfigureAwait(false);
            return;
        }

        _stood = true;
        status.Activate();
        PeerLog.StreamEstablished(logger, _kind, self.MemberText, _peer);
        var body = await response.Content.ReadAsStreamAsync(dialing.Token).ConfigureAwait(false);
        dialing.CancelAfter(Timeout.InfiniteTimeSpan);
        using var reader = new PeerFrameReader(body, timeout, stopping);
        await TakeAsync(reader).ConfigureAwait(false);
    }

    private async Task TakeAsync(PeerFrameReader reader)
    {
        var format = codec();
        var receivedFrom = PeerMetrics.From(_peer);
        var counted = 0L;
        try
        {
            while (true)
            {
                var message = await format.DecodeAsync(reader).ConfigureAwait(false);
                metrics.ReceivedBytes.Add(reader.BytesRead - counted, receivedFrom);
                counted = reader.BytesRead;
                if (!MessageCodec.IsLinkHeartbeat(message) && !events.Receive(message))
                {
                    metrics.ReceivedFailures.Add(1, receivedFrom);
                }
            }
        }
        catch (EndOfStreamException)
        {
            Lost("EOF");
            status.Deactivate("the peer closed the stream");
        }
    }

    private async Task RefusedAsync(HttpResponseMessage response, string url, CancellationToken cancellation)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.Gone when self.IsOfCluster(response):
                status.Deactivate("the peer says that this member was removed");
                removalTold(peerId);
                break;
            case HttpStatusCode.PreconditionFailed:
                var reason = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
                if (reason.Contains(PeerProtocol.ClusterIdMismatch, StringComparison.Ordinal))
                {
                    PeerLog.IgnoredForClusterId(logger, _peer, self.MemberText, reason.Trim());
                }
                else
                {
                    PeerLog.IgnoredForVersion(logger, self.MemberText, _peer, reason.Trim());
                }

                break;
            default:
                // 404 says that the other member has not heard of this one yet.
                urls.Unreachable(url);
                break;
        }

        status.Deactivate($"HTTP status {(int)response.StatusCode}");
    }
}
