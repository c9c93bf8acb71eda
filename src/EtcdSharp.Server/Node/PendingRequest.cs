using System.Threading.Tasks.Sources;
using EtcdSharp.Api.Errors;

namespace EtcdSharp.Server.Node;

/// <summary>
/// A request that waits to be applied. The object belongs to one slot of the <see cref="WaiterTable"/> for ever and
/// is used again and again: waiting allocates nothing.
/// </summary>
/// <remarks>
/// The key tells the state, and moves only by compare-and-swap: free → reserved → the request id → taken → free.
/// Request ids never repeat, so whoever swaps an id for "taken" has taken exactly that request, and only one can.
/// </remarks>
internal sealed class PendingRequest(NodeMetrics metrics) : IValueTaskSource<ApplyResult>, IAppliedRequest
{
    /// <summary>Keys up to this one are states; request ids are larger.</summary>
    public const ulong LastReservedKey = TakenKey;

    private const ulong FreeKey = 0;
    private const ulong ReservedKey = 1;
    private const ulong TakenKey = 2;

    private ulong _key;
    private ManualResetValueTaskSourceCore<ApplyResult> _source;
    private ApplyResult _result;

    /// <summary>When the request is given up, on the member's monotonic clock.</summary>
    public long DeadlineNanoseconds { get; private set; }

    public CancellationToken Cancellation { get; private set; }

    /// <summary>0 unless the request is waiting.</summary>
    public ulong Id
    {
        get
        {
            var key = Volatile.Read(ref _key);
            return key > LastReservedKey ? key : 0;
        }
    }

    public bool TryReserve() => Interlocked.CompareExchange(ref _key, ReservedKey, FreeKey) == FreeKey;

    public ValueTask<ApplyResult> Start(ulong id, long deadlineNanoseconds, CancellationToken cancellation)
    {
        DeadlineNanoseconds = deadlineNanoseconds;
        Cancellation = cancellation;
        var task = new ValueTask<ApplyResult>(this, _source.Version);
        Volatile.Write(ref _key, id);
        return task;
    }

    /// <summary>
    /// Takes the request away from everyone else and keeps its result for <see cref="Complete"/>. False when it is
    /// not waiting any more.
    /// </summary>
    public bool TryTake(ulong id, in ApplyResult result)
    {
        if (Interlocked.CompareExchange(ref _key, TakenKey, id) != id)
        {
            return false;
        }

        _result = result;
        metrics.AddPendingProposals(-1);
        return true;
    }

    /// <summary>Runs what waits for the result on this thread. After <see cref="TryTake"/>, once.</summary>
    public void Complete() => _source.SetResult(_result);

    public ApplyResult GetResult(short token)
    {
        var result = _source.GetResult(token);
        _result = default;
        Cancellation = default;
        _source.Reset();
        Volatile.Write(ref _key, FreeKey);
        return result;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
