namespace EtcdSharp.Storage.Wal;

/// <summary>What reading on in the log came upon.</summary>
internal enum WalReadStep
{
    Record,

    /// <summary>The end of the last segment, or the zeros of its preallocated rest.</summary>
    End,

    /// <summary>
    /// In the last segment, a record that was not written to its end: it reaches beyond the file, or one of its
    /// sectors is still all zeros.
    /// </summary>
    Torn,

    /// <summary>Bytes that no interrupted write explains.</summary>
    Corrupt,
}
