namespace EtcdSharp.Raft;

/// <summary>The state of a member without its view of the others; costs no allocation.</summary>
public readonly record struct RaftBasicStatus(
    ulong Id,
    HardState HardState,
    SoftState SoftState,
    ulong Applied,
    ulong FirstIndex,
    ulong LastIndex,
    ulong LeadTransferee,
    bool IsLearner
);
