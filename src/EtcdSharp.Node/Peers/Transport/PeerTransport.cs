using System.Collections.Immutable;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Storage.Backend;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Peers.Transport;

/// <summary>The way to all other members over HTTP.</summary>
internal sealed class PeerTransport : IPeerTransport, IDisposable
{
    private readonly PeerIdentity _self;
    private readonly HttpClient _client;
    private readonly PeerTiming _timing;
    private readonly BackgroundTasks _tasks;
    private readonly PeerMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly PeerRemotes _remotes;
    private ImmutableDictionary<ulong, PeerConnection> _peers = ImmutableDictionary<ulong, PeerConnection>.Empty;
    private IPeerEvents? _events;
    private bool _stopped;

    public PeerTransport(
        PeerIdentity self,
        HttpClient client,
        PeerTiming timing,
        BackgroundTasks tasks,
        PeerMetrics metrics,
        ILogger logger
    )
    {
        _self = self;
        _client = client;
        _timing = timing;
        _tasks = tasks;
        _metrics = metrics;
        _logger = logger;
        _remotes = new PeerRemotes(
            (id, urls) => new PeerRemote(id, urls, self, client, Events, timing, tasks, metrics, logger),
            TimeProvider.System
        );
    }

    /// <summary>Senders whose address is kept although the applied configuration does not name them.</summary>
    public int RemoteCount => _remotes.Count;

    /// <summary>Where messages go that come in; before any member is added.</summary>
    public void Attach(IPeerEvents events) => _events = events;

    public void Send(ReadOnlySpan<Message> messages)
    {
        var peers = Volatile.Read(ref _peers);
        foreach (var message in messages)
        {
            if (peers.TryGetValue(message.To, out var peer))
            {
                peer.Send(message);
            }
            else
            {
                _remotes.TrySend(message);
            }
        }
    }

    public void SendSnapshot(Message message, BackendSnapshot store)
    {
        if (Find(message.To) is { } peer)
        {
            peer.SendSnapshot(message, store);
            return;
        }

        store.Dispose();
        Events.ReportSnapshot(message.To, SnapshotDelivery.Failed);
    }

    public void AddPeer(MemberInfo member) => Add(member.Id, member.PeerUrls);

    public void UpdatePeer(MemberInfo member) => Add(member.Id, member.PeerUrls);

    /// <summary>A sender that the applied configuration does not name, by what it says of itself; known ones stay as they are.</summary>
    public void AddRemote(ulong id, IReadOnlyList<string> urls)
    {
        if (id == _self.MemberId || id == RaftIds.None || RaftIds.IsLocalThread(id) || !MayBeDialled(urls))
        {
            return;
        }

        lock (_gate)
        {
            if (!_stopped && !_peers.ContainsKey(id))
            {
                _remotes.Heard(id, urls);
            }
        }
    }

    /// <summary>Socket files are for members of one machine: no stranger makes a member that listens on the network open one.</summary>
    private bool MayBeDialled(IReadOnlyList<string> urls) => _self.PeerUrls.Any(IsSocket) || !urls.Any(IsSocket);

    private static bool IsSocket(string url) => url.StartsWith("unix", StringComparison.Ordinal);

    public void RemovePeer(ulong id)
    {
        PeerConnection? removed;
        lock (_gate)
        {
            if (_peers.TryGetValue(id, out removed))
            {
                Volatile.Write(ref _peers, _peers.Remove(id));
            }
        }

        _remotes.Remove(id);
        if (removed is not null)
        {
            removed.Dispose();
            PeerLog.PeerRemoved(_logger, _self.MemberText, MemberIds.ToText(id));
        }
    }

    public DateTimeOffset? ActiveSince(ulong id) => Find(id)?.ActiveSince;

    public PeerConnection? Find(ulong id) => Volatile.Read(ref _peers).GetValueOrDefault(id);

    public void Dispose()
    {
        ImmutableDictionary<ulong, PeerConnection> peers;
        lock (_gate)
        {
            _stopped = true;
            peers = _peers;
            Volatile.Write(ref _peers, ImmutableDictionary<ulong, PeerConnection>.Empty);
        }

        foreach (var peer in peers.Values)
        {
            peer.Dispose();
        }

        _remotes.Dispose();
        _client.Dispose();
    }

    private IPeerEvents Events =>
        _events ?? throw new InvalidOperationException("A member is added before there is somewhere for its messages to go.");

    private void Add(ulong id, IReadOnlyList<string> urls)
    {
        if (id == _self.MemberId || urls.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            if (_peers.TryGetValue(id, out var known))
            {
                if (!known.Urls.SequenceEqual(urls, StringComparer.Ordinal))
                {
                    known.Update(urls);
                }

                return;
            }

            var added = new PeerConnection(id, urls, _self, _client, Events, RemovalTold, _timing, _tasks, _metrics, _logger);
            Volatile.Write(ref _peers, _peers.Add(id, added));
            _remotes.Remove(id);
        }

        PeerLog.PeerAdded(_logger, _self.MemberText, MemberIds.ToText(id), urls);
    }

    /// <summary>
    /// A member that was away when it was removed applies no entry that says so; it hears of it from the others alone. Only those that
    /// its own applied configuration names are asked at all, and one of them is not enough while another one still speaks with it: who
    /// has applied the removal has closed its streams, so at last nobody does. Whoever took over the address of one member cannot end
    /// this one.
    /// </summary>
    private void RemovalTold(ulong by)
    {
        var peers = Volatile.Read(ref _peers);
        if (peers.ContainsKey(by) && peers.Values.All(static peer => peer.ActiveSince is null))
        {
            PeerLog.RemovalTold(_logger, _self.MemberText, MemberIds.ToText(by));
            Events.RemovedFromCluster();
        }
    }
}
