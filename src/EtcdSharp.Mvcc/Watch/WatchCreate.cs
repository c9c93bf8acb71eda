namespace EtcdSharp.Mvcc.Watch;

/// <summary>A wish to watch, normalized: see <see cref="Watcher"/> for the meaning of the members.</summary>
internal readonly record struct WatchCreate
{
    public required byte[] Key { get; init; }

    public byte[]? End { get; init; }

    /// <summary>Zero asks for what happens from now on.</summary>
    public long StartRevision { get; init; }

    /// <summary>Zero lets the stream choose.</summary>
    public long WatchId { get; init; }

    public WatchFilters Filters { get; init; }

    public bool WantsPrevious { get; init; }

    public bool WantsProgress { get; init; }

    public bool AllowsFragments { get; init; }
}
