namespace EtcdSharp.Client;

/// <summary>A watch that the server has begun. Disposing it ends it.</summary>
public interface IWatcher : IAsyncDisposable
{
    /// <summary>The revision of the store when the watch began: everything after it is told, unless it starts elsewhere.</summary>
    long Revision { get; }

    /// <summary>
    /// The changes, without loss or repetition, across lost connections and restarted servers. One reader at a time.
    /// A slow reader delays itself alone. Ends when the watcher is disposed.
    /// </summary>
    /// <exception cref="EtcdException">
    /// The watch is over: <c>Compacted</c> (see <see cref="EtcdException.CompactRevision"/>), <c>NoLeader</c> where the
    /// client requires one, <c>PermissionDenied</c>.
    /// </exception>
    IAsyncEnumerable<WatchBatch> ReadAllAsync(CancellationToken cancellationToken = default);
}
