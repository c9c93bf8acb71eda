namespace EtcdSharp.Mvcc.Watch;

/// <summary>The kinds of events that a watcher does not want.</summary>
[Flags]
internal enum WatchFilters
{
    None = 0,
    NoPut = 1,
    NoDelete = 2,
}
