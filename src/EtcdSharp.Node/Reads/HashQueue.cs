using EtcdSharp.Mvcc;

namespace EtcdSharp.Node.Reads;

/// <summary>
/// Hashes over the whole store, as operators and other members ask for them: a few at a time, the others wait in the order
/// in which they came. Whoever goes away leaves the queue, or ends the pass that is made for him alone.
/// </summary>
internal sealed class HashQueue(MvccStore store)
{
    /// <summary>
    /// A pass keeps a processor busy, for 8 GB at 1 to 2 GB/s some 4 to 8 seconds: half of the processors are left to everything else.
    /// </summary>
    public static readonly int InFlightMax = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly SemaphoreSlim _free = new(InFlightMax);

    /// <summary>As <see cref="MvccStore.HashKv"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public ValueTask<(MvccStatus Status, KvHash Hash, long CurrentRevision)> HashKvAsync(
        long revision,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            () =>
            {
                var status = store.HashKv(revision, out var hash, out var current, cancellationToken);
                return (status, hash, current);
            },
            cancellationToken
        );

    /// <summary>As <see cref="MvccStore.Hash"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public ValueTask<uint> HashAsync(CancellationToken cancellationToken) =>
        RunAsync(() => store.Hash(cancellationToken), cancellationToken);

    private async ValueTask<T> RunAsync<T>(Func<T> pass, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(pass, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }
}
