using System.Collections.Concurrent;

namespace EtcdSharp.Node.Proposals;

/// <summary>
/// Applied requests whose callers go on together: one work item of the thread pool runs several of them one after
/// the other, because waking a pool thread costs more than finishing a request.
/// </summary>
internal sealed class CompletionBatch : IThreadPoolWorkItem
{
    /// <summary>Finishing a request takes some microseconds, so the last of a batch waits less than 100 of them.</summary>
    public const int Size = 16;

    /// <summary>More batches than all requests in flight could fill at once are never needed: 32768 ÷ 16.</summary>
    private const int PooledMax = 2048;

    private static readonly ConcurrentQueue<CompletionBatch> Pool = new();

    private readonly PendingRequest?[] _requests = new PendingRequest?[Size];
    private int _count;

    private CompletionBatch() { }

    public bool IsFull => _count == Size;

    public static CompletionBatch Rent() => Pool.TryDequeue(out var batch) ? batch : new CompletionBatch();

    public void Add(PendingRequest request) => _requests[_count++] = request;

    public void Queue() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    public void Execute()
    {
        for (var i = 0; i < _count; i++)
        {
            var request = _requests[i]!;
            _requests[i] = null;
            request.Complete();
        }

        _count = 0;
        if (Pool.Count < PooledMax)
        {
            Pool.Enqueue(this);
        }
    }
}
