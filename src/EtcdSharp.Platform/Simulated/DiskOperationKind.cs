namespace EtcdSharp.Platform.Simulated;

/// <summary>What a <see cref="MemoryDisk"/> is asked to do.</summary>
public enum DiskOperationKind
{
    Create,
    Read,
    Write,
    SetLength,
    SyncData,
    Rename,
    Delete,
    CreateDirectory,
    SyncDirectory,
}
