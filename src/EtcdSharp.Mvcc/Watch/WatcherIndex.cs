namespace EtcdSharp.Mvcc.Watch;

/// <summary>Finds the watchers of a key: by hash those of that very key, by interval tree those of ranges around it.</summary>
internal sealed class WatcherIndex
{
    private readonly Dictionary<byte[], WatcherList> _byKey = new(ByteKeyComparer.Instance);
    private readonly Dictionary<byte[], WatcherList>.AlternateLookup<ReadOnlySpan<byte>> _byKeySpan;
    private readonly WatcherIntervalTree _byRange = new();

    public WatcherIndex() => _byKeySpan = _byKey.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count { get; private set; }

    public void Add(Watcher watcher)
    {
        Count++;
        if (watcher.End is not null)
        {
            _byRange.Add(watcher);
            return;
        }

        if (!_byKey.TryGetValue(watcher.Key, out var list))
        {
            list = new WatcherList();
            _byKey.Add(watcher.Key, list);
        }

        list.Add(watcher);
    }

    public void Remove(Watcher watcher)
    {
        Count--;
        if (watcher.End is not null)
        {
            _byRange.Remove(watcher);
            return;
        }

        var list = _byKey[watcher.Key];
        list.Remove(watcher);
        if (list.Count == 0)
        {
            _byKey.Remove(watcher.Key);
        }
    }

    /// <summary>Empties the index; returns who was in it.</summary>
    public List<Watcher> RemoveAll()
    {
        var all = new List<Watcher>(Count);
        foreach (var list in _byKey.Values)
        {
            all.AddRange(list.Watchers);
        }

        _byRange.RemoveAll(all);
        _byKey.Clear();
        Count = 0;
        return all;
    }

    /// <summary>Adds to <paramref name="found"/> the lists whose watchers watch the key; no watcher is in two of them.</summary>
    public void Collect(ReadOnlySpan<byte> key, List<WatcherList> found)
    {
        if (_byKeySpan.TryGetValue(key, out var list))
        {
            found.Add(list);
        }

        if (_byRange.IntervalCount > 0)
        {
            _byRange.Collect(key, found);
        }
    }
}
