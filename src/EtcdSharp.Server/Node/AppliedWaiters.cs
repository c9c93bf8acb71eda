using EtcdSharp.Api.Errors;

namespace EtcdSharp.Server.Node;

/// <summary>Those who wait until an index is applied. Rare next to requests, so a lock and a list do.</summary>
internal sealed class AppliedWaiters(NodeState state)
{
    private readonly Lock _gate = new();
    private readonly List<(ulong Index, ReadRound? Round, TaskCompletionSource<EtcdError?>? Source)> _waiting = [];
    private int _count;

    /// <summary>Completes the round once the index is applied, at once when it is already.</summary>
    public void Add(ulong index, ReadRound round) => Add(index, round, null);

    public async ValueTask<EtcdError?> WaitAsync(ulong index, TimeSpan timeout, CancellationToken cancellation)
    {
        if (state.AppliedIndex >= index)
        {
            return null;
        }

        var source = new TaskCompletionSource<EtcdError?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(index, null, source);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        await using var registration = deadline.Token.UnsafeRegister(
            static waiting => ((TaskCompletionSource<EtcdError?>)waiting!).TrySetResult(EtcdError.TimeoutWaitAppliedIndex),
            source
        );
        return await source.Task.ConfigureAwait(false);
    }

    /// <summary>Apply loop, after it has published a new applied index.</summary>
    public void Applied()
    {
        // Whoever adds looks at the applied index once more after adding; so either it is seen here or it sees.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _count) != 0)
        {
            Complete(state.AppliedIndex, null);
        }
    }

    public void FailAll(EtcdError error) => Complete(ulong.MaxValue, error);

    private void Add(ulong index, ReadRound? round, TaskCompletionSource<EtcdError?>? source)
    {
        lock (_gate)
        {
            _waiting.Add((index, round, source));
            Interlocked.Increment(ref _count);
        }

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
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                var (index, round, source) = _waiting[i];
                if (index <= upTo)
                {
                    round?.Complete(error);
                    source?.TrySetResult(error);
                    _waiting.RemoveAt(i);
                    _count--;
                }
            }
        }
    }
}
