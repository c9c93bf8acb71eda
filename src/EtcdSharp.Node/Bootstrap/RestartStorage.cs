using EtcdSharp.Raft;

namespace EtcdSharp.Node.Bootstrap;

/// <summary>
/// The log as raft starts from it: the configuration is that of the applied state, which is ahead of the one in the
/// last snapshot, because the entries in between are not applied again.
/// </summary>
internal sealed class RestartStorage(MemoryStorage storage, ConfState configuration) : IRaftStorage
{
    public ulong FirstIndex => storage.FirstIndex;

    public ulong LastIndex => storage.LastIndex;

    public (HardState HardState, ConfState ConfState) InitialState() => (storage.InitialState().HardState, configuration);

    public StorageRead TryGetTerm(ulong index, out ulong term) => storage.TryGetTerm(index, out term);

    public StorageRead TryGetEntries(ulong low, ulong high, ulong maxBytes, out ReadOnlyMemory<Entry> entries) =>
        storage.TryGetEntries(low, high, maxBytes, out entries);

    public StorageRead TryGetSnapshot(out Snapshot snapshot) => storage.TryGetSnapshot(out snapshot);
}
