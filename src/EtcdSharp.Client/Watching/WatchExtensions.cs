using System.Runtime.CompilerServices;

namespace EtcdSharp.Client;

/// <summary>What can be said shorter with the calls of <see cref="IWatchClient"/>.</summary>
public static class WatchExtensions
{
    /// <summary>
    /// The changes of the keys, one by one, from the moment on at which the enumeration has begun (or from the revision
    /// in the options). Ends by cancellation alone, see <see cref="IWatcher.ReadAllAsync"/> for its failures.
    /// </summary>
    public static async IAsyncEnumerable<WatchEvent> WatchAsync(
        this IWatchClient watch,
        KeyRange range,
        WatchOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(watch);
        await using var watcher = await watch.OpenAsync(range, options, cancellationToken);
        await foreach (var batch in watcher.ReadAllAsync(cancellationToken))
        {
            foreach (var one in batch.Events)
            {
                yield return one;
            }
        }
    }
}
