namespace EtcdSharp.Mvcc.Watch;

/// <summary>What the hub asks of the store: the past, for watchers that are behind. Any thread.</summary>
internal interface IWatchHistory
{
    /// <summary>The newest revision that is readable.</summary>
    long CurrentRevision { get; }

    /// <summary>The revision of the last compaction, -1 before the first.</summary>
    long CompactedRevision { get; }

    /// <summary>See <see cref="MvccStore.ReadHistory"/>.</summary>
    MvccStatus ReadHistory(long fromRevision, long toRevision, long bytesMax, MvccEvents events, out long nextRevision);

    /// <summary>The encoded key-value of a key as of a revision; null when there was none or the revision is compacted.</summary>
    byte[]? ReadKeyValue(ReadOnlySpan<byte> key, long revision);
}
