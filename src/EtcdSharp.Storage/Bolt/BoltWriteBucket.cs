namespace EtcdSharp.Storage.Bolt;

/// <summary>A bucket inside a write transaction. Spans it hands out are valid until the transaction ends.</summary>
internal sealed class BoltWriteBucket
{
    /// <summary>bbolt's limit on the length of a key.</summary>
    public const int MaxKeyBytes = 32768;

    /// <summary>bbolt's limit on the length of a value.</summary>
    public const int MaxValueBytes = int.MaxValue - 1;

    public const double DefaultFillPercent = 0.5;

    internal BoltWriteBucket()
    {
    }

    /// <summary>How full a page is made when one splits: 0.5 leaves room for inserts between, 0.9 suits appending at the end.</summary>
    public double FillPercent { get; set; } = DefaultFillPercent;

    public ulong Sequence
    {
        get => throw new NotSupportedException("filled in with the B+tree");
        set => throw new NotSupportedException("filled in with the B+tree");
    }

    public bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value) => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Sets a key's value; both are copied. The key must not be empty nor name a nested bucket.</summary>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Removes a key; false when it is missing.</summary>
    public bool Delete(ReadOnlySpan<byte> key) => throw new NotSupportedException("filled in with the B+tree");

    public BoltWriteBucket? Bucket(ReadOnlySpan<byte> name) => throw new NotSupportedException("filled in with the B+tree");

    public BoltWriteBucket CreateBucket(ReadOnlySpan<byte> name) => throw new NotSupportedException("filled in with the B+tree");

    public BoltWriteBucket CreateBucketIfMissing(ReadOnlySpan<byte> name) => throw new NotSupportedException("filled in with the B+tree");

    public bool DeleteBucket(ReadOnlySpan<byte> name) => throw new NotSupportedException("filled in with the B+tree");

    public BoltCursor Cursor() => throw new NotSupportedException("filled in with the B+tree");
}
