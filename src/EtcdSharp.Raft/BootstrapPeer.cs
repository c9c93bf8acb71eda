namespace EtcdSharp.Raft;

/// <summary>A first member of a new cluster; the context reaches the state machine above in the configuration entry.</summary>
public readonly record struct BootstrapPeer(ulong Id, ReadOnlyMemory<byte> Context);
