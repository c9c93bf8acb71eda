namespace EtcdSharp.Client;

internal sealed class WatchClient(WatchStream stream, CallSettings settings) : IWatchClient
{
    private static readonly WatchOptions s_default = new();

    public async Task<IWatcher> OpenAsync(KeyRange range, WatchOptions? options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var watcher = new Watcher(stream, settings.Prefix, range, options ?? s_default);
        stream.Add(watcher);
        try
        {
            await watcher.Created.WaitAsync(cancellationToken);
            return watcher;
        }
        catch (OperationCanceledException)
        {
            await watcher.DisposeAsync();
            throw;
        }
    }

    public void RequestProgress() => stream.RequestProgress();
}
