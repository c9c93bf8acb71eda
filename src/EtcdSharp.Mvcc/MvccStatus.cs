namespace EtcdSharp.Mvcc;

/// <summary>The answers of the store that a client's request can bring about.</summary>
internal enum MvccStatus : byte
{
    Ok,

    /// <summary>The revision asked for is older than the last compaction.</summary>
    Compacted,

    /// <summary>The revision asked for has not been written yet.</summary>
    FutureRevision,

    /// <summary>A put that keeps the old value or lease found no such key.</summary>
    KeyNotFound,

    /// <summary>The range is longer than the query lets it be in one go: it is for a <see cref="RangeWalk"/>.</summary>
    TooLong,
}
