using EtcdSharp.Replica.Membership;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Peers;

/// <summary>Whether another member is reached, and since when. Any thread.</summary>
internal sealed class PeerStatus(ulong localId, ulong peerId, TimeProvider time, PeerMetrics metrics, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly KeyValuePair<string, object?>[] _labels =
    [
        new("Local", MemberIds.ToText(localId)),
        new("Remote", MemberIds.ToText(peerId)),
    ];
    private DateTimeOffset? _activeSince;

    public DateTimeOffset? ActiveSince
    {
        get
        {
            lock (_gate)
            {
                return _activeSince;
            }
        }
    }

    public void Activate()
    {
        lock (_gate)
        {
            if (_activeSince is not null)
            {
                return;
            }

            _activeSince = time.GetUtcNow();
        }

        metrics.ActivePeers.Add(1, _labels);
        PeerLog.PeerActive(logger, MemberIds.ToText(peerId));
    }

    public void Deactivate(string reason)
    {
        lock (_gate)
        {
            if (_activeSince is null)
            {
                return;
            }

            _activeSince = null;
        }

        metrics.ActivePeers.Add(-1, _labels);
        metrics.DisconnectedPeers.Add(1, _labels);
        PeerLog.PeerInactive(logger, MemberIds.ToText(peerId), reason);
    }
}
