using EtcdSharp.Api.Errors;
using EtcdSharp.Platform;
using EtcdSharp.Raft;

namespace EtcdSharp.Node.Reads;

/// <summary>
/// Linearizable reads (Raft thesis, section 6.4). All reads that arrive while a round is being asked share the next
/// one, because a round answers only those that were there before it was sent.
/// </summary>
internal sealed class ReadIndex(NodeState state, AppliedWaiters applied, RequestIds ids, IClock clock, NodeOptions options)
{
    /// <summary>A question without an answer is asked again after this long: the leader may have changed, or the message been lost.</summary>
    private const long RetryNanoseconds = 500_000_000;

    private readonly Lock _gate = new();
    private readonly List<ReadRound> _asked = [];
    private Action? _wakeLoop;
    private ReadRound? _gathering;
    private EtcdError? _stopped;

    public void Attach(Action wakeLoop) => _wakeLoop = wakeLoop;

    /// <summary>Any thread. Null when a read may be served now.</summary>
    public ValueTask<EtcdError?> WaitAsync(CancellationToken cancellation)
    {
        if (!options.AlwaysAskReadIndex && state.AppliedStateIsCurrent && _stopped is null)
        {
            return default;
        }

        Task<EtcdError?> done;
        var first = false;
        lock (_gate)
        {
            if (_stopped is { } stopped)
            {
                return new ValueTask<EtcdError?>(stopped);
            }

            if (_gathering is null)
            {
                _gathering = new ReadRound(ids.Next(), clock.MonotonicNanoseconds);
                first = true;
            }

            done = _gathering.Done;
        }

        if (first)
        {
            _wakeLoop?.Invoke();
        }

        return new ValueTask<EtcdError?>(cancellation.CanBeCanceled ? done.WaitAsync(cancellation) : done);
    }

    /// <summary>Raft loop: asks for the gathered reads.</summary>
    public void Ask(RaftNode node)
    {
        ReadRound? round;
        lock (_gate)
        {
            round = _gathering;
            _gathering = null;
        }

        if (round is not null)
        {
            _asked.Add(round);
            Ask(node, round);
        }
    }

    /// <summary>Raft loop: a round has its answer, and with it every round before.</summary>
    public void Answered(in ReadState answer)
    {
        var id = ReadRound.IdOf(answer.RequestContext.Span);
        var place = _asked.FindIndex(round => round.Id == id);
        for (var i = 0; i <= place; i++)
        {
            applied.Add(answer.Index, _asked[i]);
        }

        _asked.RemoveRange(0, place + 1);
    }

    /// <summary>Raft loop, on every tick: asks again, and gives up what waits too long.</summary>
    public void Tick(RaftNode node)
    {
        var now = clock.MonotonicNanoseconds;
        var timeout = (long)options.RequestTimeout.TotalNanoseconds;
        for (var i = _asked.Count - 1; i >= 0; i--)
        {
            if (now - _asked[i].StartNanoseconds >= timeout)
            {
                options.Metrics.SlowReadIndexes.Add(1);
                _asked[i].Complete(EtcdError.Timeout);
                _asked.RemoveAt(i);
            }
        }

        if (_asked.Count != 0 && now - _asked[^1].AskedNanoseconds >= RetryNanoseconds)
        {
            Ask(node, _asked[^1]);
        }
    }

    /// <summary>Raft loop: what was asked of the old leader is void; the clients ask again.</summary>
    public void LeaderChanged()
    {
        foreach (var round in _asked)
        {
            options.Metrics.ReadIndexesFailed.Add(1);
            round.Complete(EtcdError.LeaderChanged);
        }

        _asked.Clear();
    }

    /// <summary>After the raft loop has ended.</summary>
    public void Stop(EtcdError error)
    {
        ReadRound? gathering;
        lock (_gate)
        {
            _stopped = error;
            gathering = _gathering;
            _gathering = null;
        }

        gathering?.Complete(error);
        foreach (var round in _asked)
        {
            round.Complete(error);
        }

        _asked.Clear();
    }

    private void Ask(RaftNode node, ReadRound round)
    {
        round.AskedNanoseconds = clock.MonotonicNanoseconds;
        node.ReadIndex(round.Context());
    }
}
