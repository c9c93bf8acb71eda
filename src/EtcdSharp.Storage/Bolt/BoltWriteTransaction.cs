namespace EtcdSharp.Storage.Bolt;

/// <summary>The one open change to the file. Of one thread at a time. Ends with <see cref="Commit"/> or <see cref="Dispose"/>.</summary>
internal sealed class BoltWriteTransaction : IDisposable
{
    internal BoltWriteTransaction()
    {
    }

    public ulong TransactionId => throw new NotSupportedException("filled in with the B+tree");

    public BoltWriteBucket? Bucket(ReadOnlySpan<byte> name) => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Creates a bucket that must not exist yet.</summary>
    public BoltWriteBucket CreateBucket(ReadOnlySpan<byte> name) => throw new NotSupportedException("filled in with the B+tree");

    public BoltWriteBucket CreateBucketIfMissing(ReadOnlySpan<byte> name) => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Deletes a bucket and all in it; false when there is none of that name.</summary>
    public bool DeleteBucket(ReadOnlySpan<byte> name) => throw new NotSupportedException("filled in with the B+tree");

    public BoltCursor Cursor() => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>
    /// Makes the change durable and visible to readers that begin from now on. After an exception the change is
    /// undone in memory; if it is unknown what reached the disk, the file takes no more writes.
    /// </summary>
    public void Commit() => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Drops the change. Nothing happens after a commit.</summary>
    public void Rollback() => throw new NotSupportedException("filled in with the B+tree");

    public void Dispose() => Rollback();
}
