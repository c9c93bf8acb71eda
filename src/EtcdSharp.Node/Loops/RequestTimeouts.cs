using EtcdSharp.Api.Errors;
using EtcdSharp.Platform;
using EtcdSharp.Raft;

namespace EtcdSharp.Node.Loops;

/// <summary>
/// Says why a request was not applied in time, as far as this member can tell, in etcd's texts. The raft loop owns it.
/// </summary>
internal sealed class RequestTimeouts(NodeState state, IPeerTransport transport, IClock clock, NodeOptions options)
{
    private readonly long _timeoutNanoseconds = (long)options.RequestTimeout.TotalNanoseconds;

    /// <summary>The former leader was lost at most so long before its heir was elected: it was missed for one election timeout.</summary>
    private readonly long _leaderLostNanoseconds = 2L * options.ElectionMs * 1_000_000;

    private long? _leadsSince;

    /// <summary>Everyone in the cluster, learners included, of whom etcd counts a quorum here.</summary>
    public IReadOnlyList<ulong> Members { get; set; } = [];

    /// <summary>This member has been elected. Only then does etcd lay what is lost to the leader before.</summary>
    public void Elected() => _leadsSince = clock.MonotonicNanoseconds;

    /// <summary>The answer to a request whose time was over at <paramref name="deadlineNanoseconds"/>.</summary>
    public EtcdError Explain(long deadlineNanoseconds)
    {
        var start = deadlineNanoseconds - _timeoutNanoseconds;
        if (_leadsSince is { } elected && start > elected - _leaderLostNanoseconds && start < elected)
        {
            return EtcdError.TimeoutDueToLeaderFail;
        }

        var leader = state.LeaderId;
        if (leader == RaftIds.None)
        {
            return EtcdError.Timeout;
        }

        var since = clock.UtcNow - TimeSpan.FromMicroseconds((clock.MonotonicNanoseconds - start) / 1e3);
        var isConnected =
            leader == state.MemberId
                ? Members.Count(id => id == state.MemberId || IsConnectedSince(id, since)) >= (Members.Count / 2) + 1
                : IsConnectedSince(leader, since);
        return isConnected ? EtcdError.Timeout : EtcdError.TimeoutDueToConnectionLost;
    }

    private bool IsConnectedSince(ulong id, DateTimeOffset since) => transport.ActiveSince(id) < since;
}
