using EtcdSharp.Raft;

namespace EtcdSharp.Node.Peers.Transport;

/// <summary>
/// Senders that the applied configuration does not name (yet), by what they say of themselves. A member whose log is behind hears from
/// such a one, even as its leader, before it applies the entry that adds it; what raft answers must find its way. Nothing else is ever
/// sent there: no stream is opened, nothing is probed, and an address is dialled for an answer alone.
/// </summary>
/// <remarks>Everything here is on a stranger's say-so, so it is bounded in number and in time, and costs no task until raft answers.</remarks>
internal sealed class PeerRemotes(Func<ulong, IReadOnlyList<string>, PeerRemote> create, TimeProvider time) : IDisposable
{
    /// <summary>Members that may join while one other is behind: etcd counsels seven members at most, and each is replaced twice over.</summary>
    public const int CountMax = 16;

    /// <summary>A member that wants to be heard opens its streams every 400 ms (etcd: 100 ms); this is many times missed.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, PeerRemote> _remotes = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _remotes.Count;
            }
        }
    }

    /// <summary>Notes where a sender says it is. When there are too many, the one that was silent the longest makes room.</summary>
    public void Heard(ulong id, IReadOnlyList<string> urls)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (_remotes.TryGetValue(id, out var known) && known.Urls.SequenceEqual(urls, StringComparer.Ordinal))
            {
                known.LastHeard = now;
                return;
            }

            Drop(id);
            DropSilent(now);
            if (_remotes.Count >= CountMax)
            {
                Drop(_remotes.MinBy(static pair => pair.Value.LastHeard).Key);
            }

            var remote = create(id, urls);
            remote.LastHeard = now;
            _remotes.Add(id, remote);
        }
    }

    /// <summary>False when nothing is known of the receiver.</summary>
    public bool TrySend(Message message)
    {
        lock (_gate)
        {
            if (_remotes.Count == 0)
            {
                return false;
            }

            DropSilent(time.GetTimestamp());
            if (!_remotes.TryGetValue(message.To, out var remote))
            {
                return false;
            }

            remote.Send(message);
            return true;
        }
    }

    /// <summary>It is a member now, or will never be one.</summary>
    public void Remove(ulong id)
    {
        lock (_gate)
        {
            Drop(id);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var id in _remotes.Keys.ToArray())
            {
                Drop(id);
            }
        }
    }

    private void DropSilent(long now)
    {
        foreach (var (id, remote) in _remotes.ToArray())
        {
            if (time.GetElapsedTime(remote.LastHeard, now) > SilenceMax)
            {
                Drop(id);
            }
        }
    }

    private void Drop(ulong id)
    {
        if (_remotes.Remove(id, out var remote))
        {
            remote.Dispose();
        }
    }
}
