namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary>A log in memory whose snapshot is always the latest state that the scripted member has applied.</summary>
internal sealed class ScriptStorage(MemoryStorage log, IReadOnlyList<Snapshot> history) : IRaftStorage
{
    public ulong FirstIndex => log.FirstIndex;

    public ulong LastIndex => log.LastIndex;

    public (HardState HardState, ConfState ConfState) InitialState() => log.InitialState();

    public StorageRead TryGetTerm(ulong index, out ulong term) => log.TryGetTerm(index, out term);

    public StorageRead TryGetEntries(ulong low, ulong high, ulong maxBytes, out ReadOnlyMemory<Entry> entries) =>
        log.TryGetEntries(low, high, maxBytes, out entries);

    public StorageRead TryGetSnapshot(out Snapshot snapshot)
    {
        snapshot = history[^1];
        return StorageRead.Ok;
    }
}
