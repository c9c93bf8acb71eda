namespace EtcdSharp.Mvcc.Watch;

/// <summary>One response in a stream's queue: a control message, or events of a shared batch.</summary>
/// <param name="Revision">The revision of the header.</param>
internal readonly record struct WatchResponse(
    long WatchId,
    long Revision,
    WatchControl? Control,
    Watcher? Watcher,
    EventBatch? Batch,
    EventSelection Selection
)
{
    /// <summary>The watch id of answers that concern no watch, or all watches of a stream.</summary>
    public const long NoWatchId = -1;
}
