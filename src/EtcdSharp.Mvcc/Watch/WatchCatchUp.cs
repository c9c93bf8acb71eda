namespace EtcdSharp.Mvcc.Watch;

/// <summary>
/// Gives watchers that are behind their past, a chunk of history at a time, shared by all that need the same chunk.
/// One caller at a time: a thread in production, the test or the simulation otherwise.
/// </summary>
internal sealed class WatchCatchUp(WatchHub hub)
{
    /// <summary>Watchers that share one reading of a chunk.</summary>
    public const int GroupMax = 1024;

    /// <summary>
    /// History read per step, which is also the size of the responses that catch up: small enough that a step takes
    /// about a millisecond, large enough that a response is worth its frame.
    /// </summary>
    public const int ChunkBytesMax = 256 * 1024;

    private readonly List<Watcher> _group = [];
    private readonly MvccEvents _events = new();
    private readonly EventMatcher _matcher = new();
    private bool _oldestFirst;

    /// <summary>
    /// One step. The oldest and the newest of those behind take turns: from the oldest on, one reading serves most; the
    /// newest are done soonest and must not wait for a stream of newcomers that begin at revision 1.
    /// </summary>
    public WatchCatchUpStep Step()
    {
        _group.Clear();
        _oldestFirst = !_oldestFirst;
        if (!hub.TakeBehind(_group, GroupMax, _oldestFirst, out var from, out var epoch))
        {
            return WatchCatchUpStep.Idle;
        }

        if (_group.Count == 0)
        {
            return WatchCatchUpStep.Worked;
        }

        var history = hub.History;
        var current = history.CurrentRevision;
        if (from > current)
        {
            return WatchCatchUpStep.AwaitPublication;
        }

        if (history.ReadHistory(from, current, ChunkBytesMax, _events, out var next) != MvccStatus.Ok)
        {
            // A compaction overtook the group; the next step cancels those that it cut off.
            return history.CompactedRevision > from
                ? WatchCatchUpStep.Worked
                : throw new InvalidOperationException(
                    $"History from revision {from} cannot be read, though it is not compacted."
                );
        }

        var index = new WatcherIndex();
        foreach (var watcher in _group)
        {
            index.Add(watcher);
        }

        var batch = _matcher.Match(index, _events);
        hub.GiveHistory(_group, index, _matcher, batch, current, next, epoch);
        return WatchCatchUpStep.Worked;
    }
}
