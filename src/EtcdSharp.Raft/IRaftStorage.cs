namespace EtcdSharp.Raft;

/// <summary>
/// The part of the log that has been written. Raft only reads it. The writer may be another thread: a read must see
/// everything whose write was acknowledged by a delivered <see cref="MessageType.MsgStorageAppendResp"/> (or by
/// <see cref="RaftNode.Advance"/>), and may see more.
/// </summary>
public interface IRaftStorage
{
    /// <summary>What was on disk when the member started.</summary>
    (HardState HardState, ConfState ConfState) InitialState();

    /// <summary>The first index whose entry can be read: one after the last compacted.</summary>
    ulong FirstIndex { get; }

    /// <summary>The last index of the log, or of the snapshot when no entry follows it.</summary>
    ulong LastIndex { get; }

    /// <summary>The term at an index in [FirstIndex-1, LastIndex]: the term one before the first is kept for matching.</summary>
    StorageRead TryGetTerm(ulong index, out ulong term);

    /// <summary>
    /// The entries in [low, high), at least one, cut so that their encoded sizes add up to <paramref name="maxBytes"/> at
    /// most (the first may exceed it). The memory returned must not change afterwards.
    /// </summary>
    StorageRead TryGetEntries(ulong low, ulong high, ulong maxBytes, out ReadOnlyMemory<Entry> entries);

    /// <summary>The latest snapshot, or <see cref="StorageRead.TemporarilyUnavailable"/>.</summary>
    StorageRead TryGetSnapshot(out Snapshot snapshot);
}
