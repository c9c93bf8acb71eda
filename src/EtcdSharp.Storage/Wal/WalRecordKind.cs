namespace EtcdSharp.Storage.Wal;

/// <summary>What one record of the log holds; the numbers are those of the file format.</summary>
internal enum WalRecordKind : long
{
    /// <summary>A frame that could not be read as a record.</summary>
    Unknown = 0,

    /// <summary>The member's and the cluster's identity (etcdserverpb.Metadata), at the head of every segment.</summary>
    Metadata = 1,

    /// <summary>One raftpb.Entry.</summary>
    Entry = 2,

    /// <summary>The raftpb.HardState after the batch that it closes.</summary>
    State = 3,

    /// <summary>The checksum carried over from the segment before; the first record of every segment.</summary>
    Crc = 4,

    /// <summary>The position of a snapshot (walpb.Snapshot), written once the snapshot's own file is durable.</summary>
    Snapshot = 5,
}
