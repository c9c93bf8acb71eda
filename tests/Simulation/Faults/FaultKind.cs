namespace EtcdSharp.Simulation.Faults;

internal enum FaultKind
{
    Isolate,
    CutOneWay,
    Split,
    LossyNetwork,
    RepeatingNetwork,
    SlowNetwork,
    Kill,
    PowerLoss,
    PowerLossInWrite,
    PowerLossAtSnapshot,
    PowerLossAtDefragmentation,
    DiskError,
    DiskFull,
    SlowDisk,
    Pause,
    TransferLeader,
    AddMember,
    RemoveMember,
    Defragment,
    CompareHashes,
}
