using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Backend;

/// <summary>
/// The member's backend file behind a write batch. The apply thread writes into the current batch; a committer thread
/// of its own writes sealed batches into the file. Readers see batches and file as one.
/// </summary>
internal sealed partial class BackendStore : IDisposable
{
    /// <summary>Opens the file, creating it with all buckets when it is missing, and starts the committer thread.</summary>
    public static BackendStore Open(IDisk disk, string path, BackendOptions options) => throw new NotSupportedException("to come");

    /// <summary>Index and term of the last entry ended, or as the file had it at open (0 when it had none).</summary>
    public ulong ConsistentIndex => throw new NotSupportedException("to come");

    public ulong ConsistentTerm => throw new NotSupportedException("to come");

    /// <summary>Bytes of the file.</summary>
    public long SizeBytes => throw new NotSupportedException("to come");

    /// <summary>Bytes of the file without its free pages.</summary>
    public long InUseBytes => throw new NotSupportedException("to come");

    /// <summary>Read transactions open on the file.</summary>
    public int OpenReads => throw new NotSupportedException("to come");

    /// <summary>
    /// Begins applying one log entry on the apply thread: everything written until <see cref="EndEntry"/> gets into the
    /// file together with this index and term, or not at all. Waits here when the disk is far behind.
    /// </summary>
    public void BeginEntry(ulong index, ulong term) => throw new NotSupportedException("to come");

    public void EndEntry() => throw new NotSupportedException("to come");

    /// <summary>Holds off sealing while several writes belong together; nests, also inside an entry.</summary>
    public void EnterWrite() => throw new NotSupportedException("to come");

    public void ExitWrite() => throw new NotSupportedException("to come");

    /// <summary>Writes to any bucket but the key bucket. Within an entry, or alone.</summary>
    public void Put(BackendBucket bucket, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => throw new NotSupportedException("to come");

    public void Delete(BackendBucket bucket, ReadOnlySpan<byte> key) => throw new NotSupportedException("to come");

    /// <summary>The value of a key of any bucket but the key bucket, with everything pending; null when it is not there. Any thread.</summary>
    public byte[]? Get(BackendBucket bucket, ReadOnlySpan<byte> key) => throw new NotSupportedException("to come");

    /// <summary>All of a bucket (not the key bucket) in key order, with everything pending. Any thread.</summary>
    public IReadOnlyList<KeyValuePair<byte[], byte[]>> List(BackendBucket bucket) => throw new NotSupportedException("to come");

    /// <summary>Sets the consistent index outside of an entry (bootstrap, a snapshot received); goes into the next commit.</summary>
    public void SetConsistentIndex(ulong index, ulong term) => throw new NotSupportedException("to come");

    /// <summary>Waits until everything written before the call is durable. Not inside an entry.</summary>
    public void ForceCommit() => throw new NotSupportedException("to come");

    /// <summary>Commits, then streams the file as of that moment while writes go on.</summary>
    public BackendSnapshot Snapshot() => throw new NotSupportedException("to come");

    /// <summary>The CRC-32C over all buckets as the Hash call answers it, after a commit.</summary>
    public uint Hash() => throw new NotSupportedException("to come");

    /// <summary>Rewrites the file without its free pages.</summary>
    public void Defragment() => throw new NotSupportedException("to come");

    /// <summary>Commits what is pending and closes the file.</summary>
    public void Dispose() => throw new NotSupportedException("to come");
}
