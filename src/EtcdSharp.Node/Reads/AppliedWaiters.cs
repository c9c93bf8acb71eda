using EtcdSharp.Api.Errors;

namespace EtcdSharp.Node.Reads;

/// <summary>
/// Those who wait until an index is applied. Read rounds are few and are due soon. Calls name their index themselves, in a
/// token for instance, so there may be many and they may never be due: they stand in the order of their indexes, the apply
/// loop looks at the lowest alone, and each leaves with its call.
/// </summary>
internal sealed class AppliedWaiters(NodeState state)
{
    private readonly Lock _gate = new();
    private readonly List<(ulong Index, ReadRound Round)> _rounds = [];
    private readonly SortedSet<WaitingCall> _calls = new(WaitingCall.ByIndex);
    private int _roundCount;
    private ulong _lowestCall = ulong.MaxValue;
    private long _callsSoFar;

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _rounds.Count + _calls.Count;
            }
        }
    }

    /// <summary>Completes the round once the index is applied, at once when it is already.</summary>
    public void Add(ulong index, ReadRound round)
    {
        lock (_gate)
        {
            _rounds.Add((index, round));
            Volatile.Write(ref _roundCount, _rounds.Count);
        }

        CompleteIfApplied(index);
    }

    /// <summary>Null once the index is applied; the error of a call that has waited too long or is given up.</summary>
    public async ValueTask<EtcdError?> WaitAsync(ulong index, TimeSpan timeout, CancellationToken cancellation)
    {
        if (state.AppliedIndex >= index)
        {
            return null;
        }

        var call = Add(index);
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(timeout);
            await using var registration = deadline.Token.UnsafeRegister(
                static waiting => ((WaitingCall)waiting!).Source.TrySetResult(EtcdError.TimeoutWaitAppliedIndex),
                call
            );
            return await call.Source.Task.ConfigureAwait(false);
        }
        finally
        {
            Remove(call);
        }
    }

    /// <summary>Apply loop, after it has published a new applied index.</summary>
    public void Applied()
    {
        // Whoever adds looks at the applied index once more after adding; so either it is seen here or it sees.
        Interlocked.MemoryBarrier();
        var applied = state.AppliedIndex;
        if (Volatile.Read(ref _roundCount) != 0 || Volatile.Read(ref _lowestCall) <= applied)
        {
            Complete(applied, null);
        }
    }

    public void FailAll(EtcdError error) => Complete(ulong.MaxValue, error);

    private WaitingCall Add(ulong index)
    {
        WaitingCall call;
        lock (_gate)
        {
            call = new WaitingCall(index, _callsSoFar++);
            _calls.Add(call);
            PublishLowest();
        }

        CompleteIfApplied(index);
        return call;
    }

    private void Remove(WaitingCall call)
    {
        lock (_gate)
        {
            _calls.Remove(call);
            PublishLowest();
        }
    }

    private void CompleteIfApplied(ulong index)
    {
        Interlocked.MemoryBarrier();
        var applied = state.AppliedIndex;
        if (applied >= index)
        {
            Complete(applied, null);
        }
    }

    private void Complete(ulong upTo, EtcdError? error)
    {
        lock (_gate)
        {
            for (var i = _rounds.Count - 1; i >= 0; i--)
            {
                var (index, round) = _rounds[i];
                if (index <= upTo)
                {
                    round.Complete(error);
                    _rounds.RemoveAt(i);
                }
            }

            Volatile.Write(ref _roundCount, _rounds.Count);
            while (_calls.Min is { } lowest && lowest.Index <= upTo)
            {
                lowest.Source.TrySetResult(error);
                _calls.Remove(lowest);
            }

            PublishLowest();
        }
    }

    /// <summary>Under the gate.</summary>
    private void PublishLowest() => Volatile.Write(ref _lowestCall, _calls.Min?.Index ?? ulong.MaxValue);
}
