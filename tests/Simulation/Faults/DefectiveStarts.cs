using System.Buffers;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Node.Peers.Streams;
using EtcdSharp.Platform.Simulated;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Simulation.Members;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Simulation.Faults;

/// <summary>Defects that show in what a member finds when it starts.</summary>
internal static class DefectiveStarts
{
    private const string StorePath = "/store";

    public static StartingPoint Tamper(SimMember member, StartingPoint start, bool isNew)
    {
        if (isNew)
        {
            return start;
        }

        switch (member.World.Defect)
        {
            case Defect.AppliedTwice when start.Backend.ConsistentIndex > start.SnapshotIndex + 1:
                start.Backend.SetConsistentIndex(start.Backend.ConsistentIndex - 1, start.Backend.ConsistentTerm);
                return start with { AppliedIndex = start.AppliedIndex - 1 };
            case Defect.RevisionGoesBack:
                start.Backend.Delete(BackendBucket.Meta, MetaKeys.ScheduledCompaction);
                start.Backend.Delete(BackendBucket.Meta, MetaKeys.FinishedCompaction);
                break;
            case Defect.AlarmForgotten:
                foreach (var alarm in start.Backend.List(BackendBucket.Alarm).ToArray())
                {
                    start.Backend.Delete(BackendBucket.Alarm, alarm.Key);
                }

                break;
            case Defect.VoteNotStored:
                start.Storage.SetHardState(start.Storage.InitialState().HardState with { Term = 1, Vote = 0 });
                break;
            case Defect.StateNotRefreshed when member.LeasesBeforeSnapshot is { } leases:
                GoOnWith(leases, new BackendLeaseBucket(start.Backend));
                break;
        }

        return start;
    }

    /// <summary>The body of a snapshot request with a store that is older than the message says.</summary>
    public static byte[] WithOlderStore(Message message, byte[] store)
    {
        var disk = new MemoryDisk();
        disk.WriteAllBytes(StorePath, store);
        using (var backend = BackendStore.Open(disk, StorePath, SimMember.BackendOptions()))
        {
            var metadata = message.Snapshot!.Metadata;
            backend.SetConsistentIndex(metadata.Index, metadata.Term);
        }

        var head = new ArrayBufferWriter<byte>();
        new MessageCodec().Encode(message, head);
        return [.. head.WrittenSpan, .. disk.ReadAllBytes(StorePath)];
    }

    private static void GoOnWith(IReadOnlyList<LeaseRecord> leases, BackendLeaseBucket bucket)
    {
        foreach (var lease in bucket.ReadAll())
        {
            bucket.Delete(lease.Id);
        }

        foreach (var lease in leases)
        {
            bucket.Put(lease);
        }
    }
}
