using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Peers.Transport;

/// <summary>One sender that the applied configuration does not name: the way for answers to it, one request each.</summary>
internal sealed class PeerRemote : IDisposable
{
    private readonly PeerPipeline _pipeline;
    private readonly PeerStatus _status;
    private readonly BackgroundTasks _tasks;
    private readonly string _part;
    private readonly CancellationTokenSource _stopping = new();
    private bool _begun;
    private bool _disposed;

    public PeerRemote(
        ulong id,
        IReadOnlyList<string> urls,
        PeerIdentity self,
        HttpClient client,
        IPeerEvents events,
        PeerTiming timing,
        BackgroundTasks tasks,
        PeerMetrics metrics,
        ILogger logger
    )
    {
        Urls = urls;
        _tasks = tasks;
        _part = $"the answers to {MemberIds.ToText(id)}";
        _status = new PeerStatus(self.MemberId, id, TimeProvider.System, metrics, logger);

        // Whoever it is, it has no say in whether this member was removed.
        _pipeline = new PeerPipeline(
            id,
            self,
            new UrlPicker(urls),
            client,
            timing.ReadTimeout,
            _status,
            events,
            static _ => { },
            metrics
        );
    }

    public IReadOnlyList<string> Urls { get; }

    /// <summary>When it last sent a request; of the table that it is in.</summary>
    public long LastHeard { get; set; }

    /// <summary>Only from the table, one call at a time. What cannot be queued is lost, and raft sends it again.</summary>
    public void Send(Message message)
    {
        if (!_begun)
        {
            _begun = true;
            _tasks.RunAgain(_part, _pipeline.RunAsync, _stopping.Token);
        }

        _pipeline.TrySend(message);
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _stopping.Cancel();
            _status.Deactivate("stopped");
        }
    }
}
