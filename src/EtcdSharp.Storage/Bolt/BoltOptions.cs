namespace EtcdSharp.Storage.Bolt;

/// <summary>How a <see cref="BoltFile"/> is opened. The defaults are what etcd uses for its database.</summary>
internal sealed record BoltOptions
{
    /// <summary>16 MB: the step in which etcd's database grows on disk.</summary>
    public const long DefaultGrowthBytes = 16 * 1024 * 1024;

    /// <summary>10 GB of address space (not memory), above etcd's recommended largest database of 8 GB, so that the map rarely moves.</summary>
    public const long DefaultInitialMapBytes = 10L * 1024 * 1024 * 1024;

    /// <summary>The page size of a file that is created; 0 takes the page size of the machine. An existing file keeps its own.</summary>
    public int PageSize { get; init; }

    /// <summary>Opens for reading only, under a shared lock.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>
    /// Writes the list of free pages with every commit. Off, as in etcd, a commit is cheaper and opening the file
    /// walks the tree to find the free pages.
    /// </summary>
    public bool SyncFreelist { get; init; }

    /// <summary>Skips every sync. Only for files that are thrown away or synced by the caller, and for <c>--unsafe-no-fsync</c>.</summary>
    public bool NoSync { get; init; }

    public long InitialMapBytes { get; init; } = DefaultInitialMapBytes;

    /// <summary>How far beyond the need the file is extended when it must grow.</summary>
    public long GrowthBytes { get; init; } = DefaultGrowthBytes;

    /// <summary>The path that messages name, where it is not the one that the file is opened by: a copy that will be renamed.</summary>
    public string? NameInMessages { get; init; }
}
