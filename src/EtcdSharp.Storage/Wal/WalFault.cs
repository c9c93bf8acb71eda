namespace EtcdSharp.Storage.Wal;

/// <summary>Why a log cannot be opened or read.</summary>
internal enum WalFault
{
    /// <summary>The directory holds no segment.</summary>
    NotFound,

    /// <summary>A log is there already where a new one should be created.</summary>
    AlreadyExists,

    /// <summary>No segment reaches back to the position asked for.</summary>
    PositionNotCovered,

    /// <summary>Segments are missing between those that are there.</summary>
    SequenceGap,

    /// <summary>Another process holds a segment for writing.</summary>
    Locked,

    /// <summary>A record's bytes do not match its checksum.</summary>
    ChecksumMismatch,

    /// <summary>A frame or a record cannot be read as one.</summary>
    Malformed,

    /// <summary>A record ends beyond the end of its segment, or was torn by a power loss.</summary>
    Torn,

    /// <summary>Segments name different members or clusters.</summary>
    MetadataConflict,

    /// <summary>Entries are missing between two entries of the log.</summary>
    EntryGap,

    /// <summary>The log has no record of the snapshot that it should start from.</summary>
    SnapshotNotFound,

    /// <summary>The log's record of the snapshot has another term.</summary>
    SnapshotMismatch,
}
