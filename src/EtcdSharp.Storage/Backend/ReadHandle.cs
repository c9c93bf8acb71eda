using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Backend;

/// <summary>
/// A committed state of the file, shared by all readers until the next commit. Counted: one for being current, one
/// for the handle before it, one for every reader. That a handle holds on to the next one means that they end in
/// order, so that a batch, which can be seen through two handles in a row, is free when the second one ends.
/// </summary>
internal sealed class ReadHandle
{
    private readonly BoltReadTransaction _transaction;
    private int _holders = 1;
    private ReadHandle? _next;
    private WriteBatch? _supersededBy;

    public ReadHandle(BoltReadTransaction transaction)
    {
        _transaction = transaction;
        Keys =
            transaction.Bucket(BucketNames.Of(BackendBucket.Key))
            ?? throw new InvalidOperationException("the file has no key bucket");
    }

    public BoltBucket Keys { get; }

    public BoltBucket? Bucket(BackendBucket bucket) => _transaction.Bucket(BucketNames.Of(bucket));

    /// <summary>False when the handle has ended; a newer one is current then.</summary>
    public bool TryHold()
    {
        var holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    public void Release()
    {
        var handle = this;
        while (handle is not null && Interlocked.Decrement(ref handle._holders) == 0)
        {
            handle._transaction.Dispose();
            handle._supersededBy?.Recycle();
            handle = handle._next;
        }
    }

    /// <summary>Says that <paramref name="next"/>, which has the batch in the file, is current now (and published).</summary>
    public void Supersede(ReadHandle next, WriteBatch? batch)
    {
        Interlocked.Increment(ref next._holders);
        _next = next;
        _supersededBy = batch;
        Release();
    }
}
