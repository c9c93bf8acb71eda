using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Node.Peers.Transport;

/// <summary>Sends messages one by one, for the time in which no stream stands.</summary>
internal sealed class PeerPipeline(
    ulong peerId,
    PeerIdentity self,
    UrlPicker urls,
    HttpClient client,
    TimeSpan timeout,
    PeerStatus status,
    IPeerEvents events,
    Action<ulong> removalTold,
    PeerMetrics metrics
)
{
    /// <summary>Requests at once, so that one that hangs does not hold up a vote; etcd's figure.</summary>
    private const int Connections = 4;

    /// <summary>Messages that may wait; etcd's figure.</summary>
    private const int QueueMax = 64;

    private static readonly MediaTypeHeaderValue s_protobuf = new("application/protobuf");

    private readonly string _peer = MemberIds.ToText(peerId);
    private readonly Channel<Message> _queue = Channel.CreateBounded<Message>(QueueMax);

    public PeerSending TrySend(Message message) => _queue.Writer.TryWrite(message) ? PeerSending.Queued : PeerSending.Full;

    public Task RunAsync(CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => WorkAsync(stopping)));

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await PostAsync(await _queue.Reader.ReadAsync(stopping).ConfigureAwait(false), stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task PostAsync(Message message, CancellationToken stopping)
    {
        var bytes = new byte[RaftWire.SizeOf(message)];
        RaftWire.Encode(message, bytes);
        var url = urls.Pick();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        deadline.CancelAfter(timeout);
        string? problem;
        var isRemoved = false;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, PeerUri.Create(url, PeerProtocol.PipelinePath));
            self.Sign(request);
            request.Content = new ByteArrayContent(bytes);
            request.Content.Headers.ContentType = s_protobuf;
            using var response = await client.SendAsync(request, deadline.Token).ConfigureAwait(false);
            problem = response.StatusCode == HttpStatusCode.NoContent ? null : $"HTTP status {(int)response.StatusCode}";
            isRemoved = response.StatusCode == HttpStatusCode.Forbidden && self.IsOfCluster(response);
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException
                || (e is OperationCanceledException && !stopping.IsCancellationRequested)
            )
        {
            problem = e.Message;
        }

        if (problem is null)
        {
            status.Activate();
            metrics.SentBytes.Add(bytes.Length, PeerMetrics.To(_peer));
            return;
        }

        urls.Unreachable(url);
        status.Deactivate(problem);
        if (isRemoved)
        {
            removalTold(peerId);
        }

        events.ReportUnreachable(peerId);
        metrics.SentFailures.Add(1, PeerMetrics.To(_peer));
    }
}
