using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// A B+tree file in bbolt's format. Any number of read transactions run beside one write transaction; neither waits
/// for the other.
/// </summary>
internal sealed class BoltFile : IDisposable
{
    private BoltFile()
    {
    }

    public string Path => throw new NotSupportedException("filled in with the B+tree");

    public int PageSize => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Bytes up to the last page ever used, as of the last commit: what etcd reports as the database size.</summary>
    public long SizeBytes => throw new NotSupportedException("filled in with the B+tree");

    /// <summary><see cref="SizeBytes"/> without the free pages; pages that an open reader may still see count as used.</summary>
    public long InUseBytes => throw new NotSupportedException("filled in with the B+tree");

    public int OpenReadTransactions => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>
    /// Opens or creates the file and takes its lock.
    /// Throws <see cref="BoltLockedException"/>, <see cref="BoltCorruptionException"/> or another <see cref="IOException"/>.
    /// </summary>
    public static BoltFile Open(IDisk disk, string path, BoltOptions options) => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Starts reading the last committed state. Any thread, without waiting.</summary>
    public BoltReadTransaction BeginRead() => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Starts the one write transaction; another one that is still open is a programming error.</summary>
    public BoltWriteTransaction BeginWrite() => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>Checks the last committed state, free pages included. No write transaction may be open.</summary>
    public IReadOnlyList<BoltFinding> Check() => throw new NotSupportedException("filled in with the B+tree");

    public BoltStats Stats() => throw new NotSupportedException("filled in with the B+tree");

    /// <summary>
    /// Closes the file. A read transaction that is still open stays readable until it ends; an open write
    /// transaction is rolled back.
    /// </summary>
    public void Dispose() => throw new NotSupportedException("filled in with the B+tree");
}
