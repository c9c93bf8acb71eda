namespace EtcdSharp.Storage.Bolt;

/// <summary>A bucket as a read transaction sees it. Threads may share it.</summary>
internal sealed class BoltBucket
{
    internal BoltBucket()
    {
    }

    public ulong Sequence => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Finds a value; false when the key is missing or names a nested bucket.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value) => throw new NotSupportedException("filled in with the B+tree");

    public BoltBucket? Bucket(ReadOnlySpan<byte> name) => throw new NotSupportedException("filled in with the B+tree");

    public BoltCursor Cursor() => throw new NotSupportedException("filled in with the B+tree");

    public BoltBucketStats Stats() => throw new NotSupportedException("filled in with the B+tree");
}
