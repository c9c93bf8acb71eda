namespace EtcdSharp.Raft;

/// <summary>
/// An <see cref="IRaftStorage"/> in memory: the log of a test, or the readable tail of a log whose durable form lies
/// elsewhere. Any thread may call it.
/// </summary>
public sealed class MemoryStorage : IRaftStorage
{
    public (HardState HardState, ConfState ConfState) InitialState() => throw new NotSupportedException("Follows.");

    public ulong FirstIndex => throw new NotSupportedException("Follows.");

    public ulong LastIndex => throw new NotSupportedException("Follows.");

    public StorageRead TryGetTerm(ulong index, out ulong term) => throw new NotSupportedException("Follows.");

    public StorageRead TryGetEntries(ulong low, ulong high, ulong maxBytes, out ReadOnlyMemory<Entry> entries) =>
        throw new NotSupportedException("Follows.");

    public StorageRead TryGetSnapshot(out Snapshot snapshot) => throw new NotSupportedException("Follows.");

    public void SetHardState(HardState hardState) => throw new NotSupportedException("Follows.");

    /// <summary>Appends entries, which may replace a tail of the log. The array behind them is copied, the data is not.</summary>
    public void Append(ReadOnlySpan<Entry> entries) => throw new NotSupportedException("Follows.");

    /// <summary>Replaces the whole log; false when the storage has a snapshot as new or newer.</summary>
    public bool ApplySnapshot(Snapshot snapshot) => throw new NotSupportedException("Follows.");

    /// <summary>Makes the snapshot at an applied index that peers far behind will get; null when one as new exists.</summary>
    public Snapshot? CreateSnapshot(ulong index, ConfState? confState, ReadOnlyMemory<byte> data) =>
        throw new NotSupportedException("Follows.");

    /// <summary>Forgets entries up to and including the index; false when they were forgotten already.</summary>
    public bool Compact(ulong index) => throw new NotSupportedException("Follows.");
}
