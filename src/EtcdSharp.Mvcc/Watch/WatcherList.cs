namespace EtcdSharp.Mvcc.Watch;

/// <summary>
/// Watchers without order, each of which knows its place, so that any can leave in constant time. Most keys have one
/// watcher, so the room starts at one.
/// </summary>
internal sealed class WatcherList
{
    private Watcher[] _watchers = new Watcher[1];

    public int Count { get; private set; }

    public ReadOnlySpan<Watcher> Watchers => _watchers.AsSpan(0, Count);

    public void Add(Watcher watcher)
    {
        if (Count == _watchers.Length)
        {
            Array.Resize(ref _watchers, Count * 2);
        }

        watcher.List = this;
        watcher.ListSlot = Count;
        _watchers[Count++] = watcher;
    }

    public void Remove(Watcher watcher)
    {
        if (!ReferenceEquals(watcher.List, this))
        {
            throw new InvalidOperationException("A watcher leaves a list that it is not in.");
        }

        var last = _watchers[--Count];
        _watchers[watcher.ListSlot] = last;
        last.ListSlot = watcher.ListSlot;
        _watchers[Count] = null!;
        watcher.List = null;
        if (_watchers.Length > 16 && Count < _watchers.Length / 4)
        {
            Array.Resize(ref _watchers, _watchers.Length / 2);
        }
    }
}
