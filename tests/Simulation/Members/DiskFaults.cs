using EtcdSharp.Platform.Simulated;
using EtcdSharp.Simulation.Faults;
using EtcdSharp.Simulation.Kernel;

namespace EtcdSharp.Simulation.Members;

/// <summary>What is wrong with a member's disk at present.</summary>
internal sealed class DiskFaults
{
    private long _cutAt = long.MaxValue;
    private long _failAt = long.MaxValue;

    /// <summary>True while the disk may report errors, which end the member with good reason.</summary>
    public bool IsFailing { get; private set; }

    /// <summary>True while a defragmentation runs, for the defect that concerns it.</summary>
    public bool IsDefragmenting { get; set; }

    /// <summary>True from the arrival of a snapshot until its store is in place, for the defect that concerns it.</summary>
    public bool IsTakingSnapshot { get; set; }

    /// <summary>Added to the time that every batch of the log takes.</summary>
    public long SlowNanoseconds { get; set; }

    public void Arm(SimMember member)
    {
        var disk = member.Disk;
        disk.Intercept = operation => Intercept(member, operation);
        _cutAt = long.MaxValue;
        IsTakingSnapshot = false;
    }

    /// <summary>The power goes at the disk operation that is so many ahead.</summary>
    public void CutPowerIn(SimMember member, int operations) => _cutAt = member.Disk.OperationCount + operations;

    public void FailIn(SimMember member, int operations)
    {
        IsFailing = true;
        _failAt = member.Disk.OperationCount + operations;
    }

    public void FillUp(SimMember member, long bytesLeft)
    {
        IsFailing = true;
        member.Disk.CapacityBytes = member.Disk.UsedBytes + bytesLeft;
    }

    public void Heal(SimMember member)
    {
        IsFailing = false;
        _failAt = long.MaxValue;
        _cutAt = long.MaxValue;
        SlowNanoseconds = 0;
        member.Disk.CapacityBytes = long.MaxValue;
    }

    private DiskVerdict Intercept(SimMember member, DiskOperation operation)
    {
        if (operation.Kind == DiskOperationKind.Read)
        {
            return DiskVerdict.Proceed;
        }

        if (operation.Number >= _cutAt)
        {
            _cutAt = long.MaxValue;
            throw new PowerCut();
        }

        if (operation.Number >= _failAt)
        {
            throw new IOException($"{operation.Kind} of '{operation.Path}' failed: input/output error");
        }

        return member.World.Defect == Defect.None ? DiskVerdict.Proceed : Planted(member, operation);
    }

    private DiskVerdict Planted(SimMember member, DiskOperation operation)
    {
        var isSync = operation.Kind is DiskOperationKind.SyncData or DiskOperationKind.SyncDirectory;
        var isLog = operation.Path.Contains("/wal/", StringComparison.Ordinal);
        var lies =
            isSync
            && member.World.Defect switch
            {
                // A leader that counts its own append too early; later syncs make the earlier writes durable with theirs.
                Defect.OwnAckBeforeSync => isLog && member.State.IsLeader && member.World.DiskRandom.Next(2) == 0,
                Defect.LogSyncDoesNothing => isLog,
                Defect.SnapshotCommitNotSynced => isLog && IsTakingSnapshot,
                Defect.ReceivedStoreNotSynced => operation.Path.Contains(".snap.db", StringComparison.Ordinal),
                Defect.DefragmentationNotSynced => IsDefragmenting && operation.Kind == DiskOperationKind.SyncData,
                _ => false,
            };
        return lies ? DiskVerdict.Skip : DiskVerdict.Proceed;
    }
}
