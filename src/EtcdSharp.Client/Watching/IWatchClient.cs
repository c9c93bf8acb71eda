namespace EtcdSharp.Client;

/// <summary>Tells of changes. All watches of a client share one stream.</summary>
public interface IWatchClient
{
    /// <summary>
    /// Begins to watch and returns when the server has confirmed it: what is written from then on is told. Where no server
    /// is reachable it waits for one; give it a token to end that.
    /// </summary>
    /// <exception cref="EtcdException"><c>Compacted</c>, <c>PermissionDenied</c>, or <c>NoLeader</c> where one is required.</exception>
    Task<IWatcher> OpenAsync(KeyRange range, WatchOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Asks the server to say how far it is: each watch that is up to date gets an empty batch.</summary>
    void RequestProgress();
}
