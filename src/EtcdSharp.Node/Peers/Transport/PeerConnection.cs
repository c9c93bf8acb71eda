using System.Diagnostics;
using System.Net;
using EtcdSharp.Node.Peers.Streams;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Storage.Backend;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Peers.Transport;

/// <summary>
/// Everything between this member and one other: the two streams that it has opened to us and that we write to, the
/// two that we have opened and read from, the pipeline, snapshots and probes. Nothing in it is shared with the way to
/// any other member, so a slow one delays nobody else.
/// </summary>
internal sealed class PeerConnection : IDisposable
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(4);

    private readonly string _text;
    private readonly PeerIdentity _self;
    private readonly UrlPicker _urls;
    private readonly HttpClient _client;
    private readonly PeerStatus _status;
    private readonly IPeerEvents _events;
    private readonly ILogger _logger;
    private readonly Action<ulong> _removalTold;
    private readonly BackgroundTasks _tasks;
    private readonly PeerTiming _timing;
    private readonly PeerMetrics _metrics;
    private readonly HeartbeatWatch _heartbeats;
    private readonly PeerPipeline _pipeline;
    private readonly CancellationTokenSource _stopping = new();
    private bool _disposed;

    public PeerConnection(
        ulong id,
        IReadOnlyList<string> urls,
        PeerIdentity self,
        HttpClient client,
        IPeerEvents events,
        Action<ulong> removalTold,
        PeerTiming timing,
        BackgroundTasks tasks,
        PeerMetrics metrics,
        ILogger logger
    )
    {
        Id = id;
        _text = MemberIds.ToText(id);
        _self = self;
        _urls = new UrlPicker(urls);
        _client = client;
        _events = events;
        _logger = logger;
        _removalTold = removalTold;
        _tasks = tasks;
        _timing = timing;
        _metrics = metrics;
        _heartbeats = new HeartbeatWatch(_text, timing.Heartbeat, TimeProvider.System, metrics, logger);
        _status = new PeerStatus(self.MemberId, id, TimeProvider.System, metrics, logger);
        _pipeline = new PeerPipeline(id, self, _urls, client, timing.ReadTimeout, _status, events, removalTold, metrics);
        Appends = new PeerStreamWriter(_text, timing.WriteTimeout, metrics);
        Messages = new PeerStreamWriter(_text, timing.WriteTimeout, metrics);
        var appends = Reader(PeerProtocol.AppendStreamPath, () => new AppendCodec(id, self.MemberId));
        var messages = Reader(PeerProtocol.MessageStreamPath, static () => new MessageCodec());
        tasks.RunAgain($"the append stream of member {_text}", appends.RunAsync, _stopping.Token);
        tasks.RunAgain($"the message stream of member {_text}", messages.RunAsync, _stopping.Token);
        tasks.RunAgain($"the pipeline to member {_text}", _pipeline.RunAsync, _stopping.Token);
        tasks.RunAgain($"the probing of member {_text}", ProbeAsync, _stopping.Token);
    }

    public ulong Id { get; }

    public DateTimeOffset? ActiveSince => _status.ActiveSince;

    public IReadOnlyList<string> Urls => _urls.All;

    public PeerStreamWriter Appends { get; }

    public PeerStreamWriter Messages { get; }

    public void Update(IReadOnlyList<string> urls) => _urls.Update(urls);

    /// <summary>Never blocks: what cannot be queued is lost, and raft is told.</summary>
    public void Send(Message message)
    {
        if (message.Type == MessageType.MsgHeartbeat)
        {
            _heartbeats.Sent(message.Term);
        }

        var sent = message.Type == MessageType.MsgApp ? Appends.TrySend(message) : PeerSending.NotConnected;
        if (sent == PeerSending.NotConnected)
        {
            sent = Messages.TrySend(message);
        }

        if (sent == PeerSending.NotConnected)
        {
            sent = _pipeline.TrySend(message);
        }

        if (sent != PeerSending.Queued)
        {
            // Not a warning per message once the way is known to be broken.
            if (_status.ActiveSince is not null)
            {
                PeerLog.MessageDropped(_logger, message.Type.ToString(), _self.MemberText, _text);
            }

            _metrics.SentFailures.Add(1, PeerMetrics.To(_text));
            _events.ReportUnreachable(Id);
        }
    }

    /// <summary>Writes a stream that the other member has opened, until it ends.</summary>
    public async Task ServeAsync(PeerStreamWriter writer, Stream body, IPeerCodec codec, CancellationToken aborted)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(aborted, _stopping.Token);
        _status.Activate();
        if (await writer.RunAsync(body, codec, ending.Token).ConfigureAwait(false) && !_disposed)
        {
            _status.Deactivate("the stream to the peer ended");
            _events.ReportUnreachable(Id);
        }
    }

    /// <summary>Sends the store; it is disposed at the end.</summary>
    public void SendSnapshot(Message message, BackendSnapshot store) =>
        _tasks.Run(
            () => SendSnapshotAsync(message, store),
            failure => SnapshotFailed(message.Snapshot!.Metadata.Index, store.SizeBytes, failure.Message),
            _stopping.Token
        );

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _stopping.Cancel();
            Appends.Close();
            Messages.Close();
            _status.Deactivate("stopped");
        }
    }

    private PeerStreamReader Reader(string path, Func<IPeerCodec> codec) =>
        new(path, codec, Id, _self, _urls, _client, _timing.ReadTimeout, _status, _events, _removalTold, _metrics, _logger);

    private async Task SendSnapshotAsync(Message message, BackendSnapshot store)
    {
        using var held = store;
        var index = message.Snapshot!.Metadata.Index;
        var to = PeerMetrics.To(_text);
        var start = Stopwatch.GetTimestamp();
        var url = _urls.Pick();
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var wait = TimeSpan.Zero;
        var content = new SnapshotContent(message, store, Await);
        PeerLog.SendingSnapshot(_logger, index, _text, content.Length);
        _metrics.SnapshotSendsInFlight.Add(1, to);
        string? problem;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, PeerUri.Create(url, PeerProtocol.SnapshotPath));
            _self.Sign(request);
            request.Content = content;
            using var response = await _client.SendAsync(request, silence.Token).ConfigureAwait(false);
            problem = response.StatusCode == HttpStatusCode.NoContent ? null : $"HTTP status {(int)response.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            problem = silence.IsCancellationRequested
                ? $"the peer was silent for {wait.TotalSeconds:0.###} s"
                : (e.InnerException as IOException ?? e).Message;
        }
        finally
        {
            _metrics.SnapshotSendsInFlight.Add(-1, to);
        }

        if (problem is null)
        {
            _status.Activate();
            _metrics.SnapshotsSent.Add(1, to);
            _metrics.SnapshotSendSeconds.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, to);
            PeerLog.SentSnapshot(_logger, index, _text, content.Length);
            _events.ReportSnapshot(Id, SnapshotDelivery.Delivered);
            return;
        }

        _urls.Unreachable(url);
        SnapshotFailed(index, content.Length, problem);

        void Await(bool allSent)
        {
            wait = allSent ? _timing.SnapshotAnswer(store.SizeBytes) : _timing.WriteTimeout;
            silence.CancelAfter(wait);
        }
    }

    private void SnapshotFailed(ulong index, long bytes, string problem)
    {
        _metrics.SnapshotSendFailures.Add(1, PeerMetrics.To(_text));
        PeerLog.SendSnapshotFailed(_logger, index, _text, bytes, problem);
        _events.ReportUnreachable(Id);
        _events.ReportSnapshot(Id, SnapshotDelivery.Failed);
    }

    private async Task ProbeAsync(CancellationToken stopping)
    {
        var to = PeerMetrics.To(_text);
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(ProbeInterval, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var start = Stopwatch.GetTimestamp();
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            deadline.CancelAfter(_timing.ReadTimeout);
            try
            {
                using var response = await _client
                    .GetAsync(PeerUri.Create(_urls.Pick(), PeerProtocol.ProbingPath), deadline.Token)
                    .ConfigureAwait(false);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    _metrics.RoundTripSeconds.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, to);
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                // Streams and pipeline tell of a broken way; a probe only measures one that works.
                continue;
            }
        }
    }
}
