using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Peers.Transport;

/// <summary>
/// Notices heartbeats that this member as the leader sends late, which is the first sign of a loop that is held up: twice
/// the interval since the one before, as in etcd. Used by the raft loop's thread alone.
/// </summary>
internal sealed class HeartbeatWatch(string peer, TimeSpan interval, TimeProvider time, PeerMetrics metrics, ILogger logger)
{
    private long _last;
    private ulong _term;

    public void Sent(ulong term)
    {
        var now = time.GetTimestamp();
        var since = time.GetElapsedTime(_last, now);
        if (term == _term && since > 2 * interval)
        {
            metrics.HeartbeatsLate.Add(1);
            PeerLog.HeartbeatLate(logger, peer, interval, 2 * interval, since - (2 * interval));
        }

        _last = now;
        _term = term;
    }
}
