using EtcdSharp.Api.Errors;
using EtcdSharp.Replica;

namespace EtcdSharp.Node.Proposals;

/// <summary>
/// The requests of this member that wait to be applied, found by their id without a lock: the low bits of the id
/// are the slot. A full neighbourhood of slots means too many requests are in flight.
/// </summary>
internal sealed class WaiterTable
{
    /// <summary>How many ids are tried before the table counts as full; ids are spent, never reused.</summary>
    private const int AttemptsMax = 64;

    private readonly PendingRequest?[] _slots;
    private readonly RequestIds _ids;
    private readonly bool _resumesAtOnce;
    private readonly NodeMetrics _metrics;

    public WaiterTable(RequestIds ids, NodeOptions options)
    {
        _slots = new PendingRequest?[options.RequestsMax];
        _ids = ids;
        _metrics = options.Metrics;
        _resumesAtOnce = options.Simulation is not null;
    }

    /// <summary>Reserves a waiter and the id that leads to it; null when the table is full. Any thread.</summary>
    public PendingRequest? TryReserve(out ulong id)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            id = _ids.Next();
            ref var slot = ref SlotOf(id);
            var pending = Volatile.Read(ref slot);
            if (pending is null)
            {
                var created = new PendingRequest(_metrics);
                pending = Interlocked.CompareExchange(ref slot, created, null) ?? created;
            }

            if (pending.TryReserve())
            {
                return pending;
            }
        }

        id = 0;
        return null;
    }

    /// <summary>True when a request of this member with the id is waiting.</summary>
    public bool IsWaiting(ulong id) => Volatile.Read(ref SlotOf(id))?.Id == id && id != 0;

    /// <summary>As above, and its time is not over.</summary>
    public bool IsWaiting(ulong id, long nowNanoseconds) =>
        IsWaiting(id) && nowNanoseconds < Volatile.Read(ref SlotOf(id))!.DeadlineNanoseconds;

    /// <summary>Takes the waiting request with the id, if there is one, and gives it the result to complete with.</summary>
    public PendingRequest? TryTake(ulong id, in ApplyResult result)
    {
        if (id <= PendingRequest.LastReservedKey)
        {
            return null;
        }

        var pending = Volatile.Read(ref SlotOf(id));
        return pending is not null && pending.TryTake(id, result) ? pending : null;
    }

    /// <summary>Gives up requests whose deadline has passed or whose caller has gone. The callers see the error.</summary>
    /// <param name="nowNanoseconds">The time on the clock of the deadlines.</param>
    /// <param name="explain">What a request is answered whose time was over at the given deadline.</param>
    /// <returns>How many were given up.</returns>
    public int Sweep(long nowNanoseconds, Func<long, EtcdError> explain)
    {
        var swept = 0;
        foreach (var pending in _slots)
        {
            var id = pending?.Id ?? 0;
            if (id == 0)
            {
                continue;
            }

            // The two values may already belong to the slot's next request. Its id differs, so taking it fails.
            var (canceled, deadline) = (pending!.Cancellation.IsCancellationRequested, pending.DeadlineNanoseconds);
            if (canceled || nowNanoseconds >= deadline)
            {
                swept += Finish(pending, id, canceled ? EtcdError.Canceled : explain(deadline));
            }
        }

        return swept;
    }

    /// <summary>Gives up one request, if it waits still. The caller sees the error.</summary>
    public void Fail(ulong id, EtcdError error)
    {
        if (Volatile.Read(ref SlotOf(id)) is { } pending)
        {
            Finish(pending, id, error);
        }
    }

    /// <summary>Gives up everything that waits; for the end of the member.</summary>
    public int FailAll(EtcdError error)
    {
        var failed = 0;
        foreach (var pending in _slots)
        {
            var id = pending?.Id ?? 0;
            if (id != 0)
            {
                failed += Finish(pending!, id, error);
            }
        }

        return failed;
    }

    private ref PendingRequest? SlotOf(ulong id) => ref _slots[id & (ulong)(_slots.Length - 1)];

    private int Finish(PendingRequest pending, ulong id, EtcdError error)
    {
        if (!pending.TryTake(id, ApplyResult.Failed(error)))
        {
            return 0;
        }

        if (_resumesAtOnce)
        {
            pending.Complete();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static waiting => waiting.Complete(), pending, preferLocal: false);
        }

        return 1;
    }
}
