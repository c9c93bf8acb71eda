namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// One committed state of the file, unchanged until <see cref="Dispose"/>. Threads may share it; every span it hands
/// out points into the file's map and is valid until it ends.
/// </summary>
internal sealed class BoltReadTransaction : IDisposable
{
    internal BoltReadTransaction()
    {
    }

    public ulong TransactionId => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>The length in bytes of the image that <see cref="WriteTo"/> writes.</summary>
    public long SizeBytes => throw new NotSupportedException("filled in with the B+tree");

    public BoltBucket? Bucket(ReadOnlySpan<byte> name) => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Walks the names of the top buckets.</summary>
    public BoltCursor Cursor() => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Writes a complete bolt file with exactly this state; returns its length.</summary>
    public long WriteTo(Stream stream) => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Reads a part of the image that <see cref="WriteTo"/> writes; fewer bytes than asked only at its end.</summary>
    public int ReadImage(long offset, Span<byte> buffer) => throw new NotSupportedException("filled in with the B+tree");

    public IReadOnlyList<BoltFinding> Check() => throw new NotSupportedException("filled in with the B+tree");

    public IEnumerable<BoltPageInfo> Pages() => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>The bytes of a page with its overflow pages.</summary>
    public byte[] PageBytes(ulong pageId) => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>A readable listing of one page.</summary>
    public void Dump(ulong pageId, TextWriter writer) => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Copies every bucket, densely packed, into an empty file; <paramref name="keysPerCommit"/> bounds the memory used.</summary>
    public void CompactInto(BoltFile target, int keysPerCommit) => throw new NotSupportedException("filled in with the B+tree");

    public void Dispose() => throw new NotSupportedException("filled in with the B+tree");
}
