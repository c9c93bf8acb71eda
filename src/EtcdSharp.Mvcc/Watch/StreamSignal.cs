using System.Threading.Tasks.Sources;

namespace EtcdSharp.Mvcc.Watch;

/// <summary>
/// Lets one waiter at a time wait without allocating. Guarded by the stream's gate; the waiter goes on elsewhere,
/// never inside the gate.
/// </summary>
internal sealed class StreamSignal : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private bool _isAwaited;

    public ValueTask Arm()
    {
        if (_isAwaited)
        {
            throw new InvalidOperationException("A stream has one reader and one writer.");
        }

        _core.Reset();
        _isAwaited = true;
        return new ValueTask(this, _core.Version);
    }

    public void Fire()
    {
        if (_isAwaited)
        {
            _isAwaited = false;
            _core.SetResult(true);
        }
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _core.OnCompleted(continuation, state, token, flags);
}
