namespace EtcdSharp.Raft;

/// <summary>A change of one member (Raft thesis, section 4.1), the only kind etcd's membership API proposes.</summary>
/// <param name="Id">Chosen by the proposer, opaque here.</param>
/// <param name="Context">Opaque bytes for the state machine above.</param>
public sealed record ConfChange(ulong Id, ConfChangeType Type, ulong NodeId, ReadOnlyMemory<byte> Context)
{
    public ConfChangeV2 AsV2() => new(ConfChangeTransition.Auto, [new ConfChangeSingle(Type, NodeId)], Context);
}
