using System.Collections.Immutable;
using EtcdSharp.Raft;
using EtcdSharp.Server.Membership;
using EtcdSharp.Server.Node;
using EtcdSharp.Storage.Backend;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Peer;

/// <summary>The way to all other members over HTTP.</summary>
internal sealed class PeerTransport(PeerIdentity self, HttpClient client, PeerTiming timing, ILogger logger)
    : IPeerTransport,
        IDisposable
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<ulong, PeerConnection> _peers = ImmutableDictionary<ulong, PeerConnection>.Empty;
    private IPeerEvents? _events;
    private bool _stopped;

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

    /// <summary>A member that the applied log does not know of yet, by what it says of itself; known ones stay as they are.</summary>
    public void AddRemote(ulong id, IReadOnlyList<string> urls)
    {
        if (Find(id) is null)
        {
            Add(id, urls);
        }
    }

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

        if (removed is not null)
        {
            removed.Dispose();
            PeerLog.PeerRemoved(logger, self.MemberText, MemberIds.ToText(id));
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

        client.Dispose();
    }

    private IPeerEvents Events =>
        _events ?? throw new InvalidOperationException("A member is added before there is somewhere for its messages to go.");

    private void Add(ulong id, IReadOnlyList<string> urls)
    {
        if (id == self.MemberId || urls.Count == 0)
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

            Volatile.Write(ref _peers, _peers.Add(id, new PeerConnection(id, urls, self, client, Events, timing, logger)));
        }

        PeerLog.PeerAdded(logger, self.MemberText, MemberIds.ToText(id), urls);
    }
}
