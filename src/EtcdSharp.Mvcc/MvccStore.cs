using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc;

/// <summary>
/// The multi-version key-value store. Reads run on any thread against an immutable view and take no lock that a
/// writer holds; writes come from the apply thread alone, one transaction at a time.
/// </summary>
internal sealed class MvccStore : IDisposable
{
    /// <summary>Opens the store over a backend and restores the index (and the leases' keys) from it.</summary>
    public MvccStore(BackendStore backend, ILeaseAttachments leases, IWatchNotifier watchers, MvccOptions options)
    {
        throw new NotSupportedException("to come");
    }

    /// <summary>The newest revision that is readable. Starts at 1.</summary>
    public long CurrentRevision => throw new NotSupportedException("to come");

    /// <summary>The revision of the last compaction, -1 before the first.</summary>
    public long CompactedRevision => throw new NotSupportedException("to come");

    /// <summary>Reads a range at the newest or the query's revision; any thread.</summary>
    public MvccStatus Range(in RangeQuery query, RangeResult result) => throw new NotSupportedException("to come");

    /// <summary>Several reads at one revision; any thread. Dispose it soon: it holds on to a read view.</summary>
    public MvccReadTransaction BeginRead() => throw new NotSupportedException("to come");

    /// <summary>The apply thread's write transaction (one object, used again and again). It holds the backend's write gate until its End.</summary>
    public MvccWriteTransaction BeginWrite() => throw new NotSupportedException("to come");

    /// <summary>
    /// Fills <paramref name="events"/> with the history from <paramref name="fromRevision"/> up to and including
    /// <paramref name="toRevision"/> (at most the current one), whole revisions only, and stops after the revision
    /// that passes <paramref name="bytesMax"/>. <paramref name="nextRevision"/> is where to go on. Any thread.
    /// </summary>
    public MvccStatus ReadHistory(long fromRevision, long toRevision, long bytesMax, MvccEvents events, out long nextRevision) =>
        throw new NotSupportedException("to come");

    /// <summary>Apply thread. The compaction counts from now on; <paramref name="physical"/> ends when the old revisions are off the disk.</summary>
    public MvccStatus Compact(long revision, out Task physical) => throw new NotSupportedException("to come");

    /// <summary>The hash of all revisions up to one (0: the current one), equal on every member. Any thread; takes its time.</summary>
    public MvccStatus HashKv(long revision, out KvHash hash, out long currentRevision) => throw new NotSupportedException("to come");

    /// <summary>Hashes kept from finished compactions, oldest first, at most 10.</summary>
    public IReadOnlyList<KvHash> CompactionHashes => throw new NotSupportedException("to come");

    /// <summary>Stops the compaction thread. The backend is the owner's to dispose, afterwards.</summary>
    public void Dispose() => throw new NotSupportedException("to come");
}
