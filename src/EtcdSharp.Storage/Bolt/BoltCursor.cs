namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// A position in a bucket's keys. Of one thread at a time. The moves return whether there is a key at the new
/// position; in a write transaction a change to the bucket invalidates the position until the next seek.
/// </summary>
internal sealed class BoltCursor
{
    internal BoltCursor()
    {
    }

    public ReadOnlySpan<byte> Key => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>The value; empty for a nested bucket.</summary>
    public ReadOnlySpan<byte> Value => throw new NotSupportedException("filled in with the B+tree");

    public bool IsBucket => throw new NotSupportedException("filled in with the B+tree");

    public bool SeekFirst() => throw new NotSupportedException("filled in with the B+tree");

    public bool SeekLast() => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Moves to the first key that is not less than <paramref name="key"/>.</summary>
    public bool Seek(ReadOnlySpan<byte> key) => throw new NotSupportedException("filled in with the B+tree");

    public bool Next() => throw new NotSupportedException("filled in with the B+tree");

    public bool Previous() => throw new NotSupportedException("filled in with the B+tree");
}
