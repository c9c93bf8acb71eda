namespace EtcdSharp.Mvcc.Watch;

/// <summary>Finds who wants which events. Belongs to one thread at a time; keeps its lists from one batch to the next.</summary>
internal sealed class EventMatcher
{
    private readonly List<WatcherList> _lists = [];
    private readonly List<Watcher> _matched = [];

    /// <summary>The watchers that want some of the events, with their <see cref="Watcher.Selection"/> set, until <see cref="Clear"/>.</summary>
    public IReadOnlyList<Watcher> Matched => _matched;

    /// <summary>Matches events and encodes them, unless they are already or nobody wants them.</summary>
    public EventBatch? Match(WatcherIndex index, MvccEvents events, EventBatch? batch = null)
    {
        for (var place = 0; place < events.Count; place++)
        {
            var mvccEvent = events[place];
            index.Collect(mvccEvent.Key, _lists);
            if (_lists.Count > 0)
            {
                batch ??= EventBatch.Encode(events);
                SelectCollected(mvccEvent.ModRevision, mvccEvent.IsDelete, place);
            }
        }

        return batch;
    }

    public void Match(WatcherIndex index, EventBatch batch)
    {
        for (var place = 0; place < batch.Count; place++)
        {
            index.Collect(batch.Key(place), _lists);
            SelectCollected(batch.RevisionOf(place), batch.IsDelete(place), place);
        }
    }

    public void Clear()
    {
        foreach (var watcher in _matched)
        {
            watcher.Selection = default;
        }

        _matched.Clear();
    }

    private void SelectCollected(long revision, bool isDelete, int place)
    {
        foreach (var list in _lists)
        {
            foreach (var watcher in list.Watchers)
            {
                if (watcher.NextRevision > revision || !watcher.Wants(isDelete))
                {
                    continue;
                }

                if (watcher.Selection.Count == 0)
                {
                    _matched.Add(watcher);
                }

                watcher.Selection.Add(place);
            }
        }

        _lists.Clear();
    }
}
