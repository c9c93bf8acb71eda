namespace EtcdSharp.Raft;

/// <summary>The outcome of a read of <see cref="IRaftStorage"/>. Damage to the storage is no outcome: that throws.</summary>
public enum StorageRead
{
    Ok = 0,

    /// <summary>The entry was compacted away: the peer that needs it gets a snapshot.</summary>
    Compacted,

    /// <summary>The entry is not in the log (yet).</summary>
    Unavailable,

    /// <summary>A snapshot is being prepared; raft asks again later.</summary>
    TemporarilyUnavailable,
}
