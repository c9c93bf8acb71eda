namespace EtcdSharp.Mvcc.Watch;

/// <summary>One watch of a key or a range. Guarded by the hub's gate, apart from what never changes.</summary>
internal sealed class Watcher(WatchStream stream, long id, in WatchCreate create)
{
    public const int NoSlot = -1;

    public WatchStream Stream { get; } = stream;

    public long Id { get; } = id;

    public byte[] Key { get; } = create.Key;

    /// <summary>Null for the one key, empty for every key from <see cref="Key"/> on, else the exclusive end.</summary>
    public byte[]? End { get; } = create.End;

    public long StartRevision { get; } = create.StartRevision;

    public WatchFilters Filters { get; } = create.Filters;

    public bool WantsPrevious { get; } = create.WantsPrevious;

    public bool AllowsFragments { get; } = create.AllowsFragments;

    public bool WantsProgress { get; } = create.WantsProgress;

    /// <summary>The smallest revision that it has not been given yet.</summary>
    public long NextRevision { get; set; }

    public WatcherState State { get; set; }

    /// <summary>Nothing was sent since the last tick of the progress timer, so the next one reports progress.</summary>
    public bool IsProgressDue { get; set; } = create.WantsProgress;

    /// <summary>Its stream was full in the step that is going on.</summary>
    public bool IsRefused { get; set; }

    /// <summary>The place in the stream's list of watchers that are behind.</summary>
    public int BehindSlot { get; set; } = NoSlot;

    /// <summary>The list of the index that it is in, and the place there.</summary>
    public WatcherList? List { get; set; }

    public int ListSlot { get; set; }

    /// <summary>The events of a batch that it is about to be given; empty between batches.</summary>
    public EventSelection Selection;

    public bool Wants(bool isDelete) => (Filters & (isDelete ? WatchFilters.NoDelete : WatchFilters.NoPut)) == WatchFilters.None;
}
