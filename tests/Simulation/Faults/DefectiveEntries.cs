using EtcdSharp.Api;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Requests;
using EtcdSharp.Simulation.Clients;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Simulation.Members;
using EtcdSharp.Storage.Backend;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Faults;

/// <summary>Defects of applying and compacting, on some members only, as a race or a crash would show them.</summary>
internal static class DefectiveEntries
{
    /// <summary>Whether a member puts off an entry until after the next one.</summary>
    public static bool Defers(SimMember member) =>
        member.World.Defect == Defect.AppliedOutOfOrder && member.Number == 1 && member.World.DiskRandom.Next(20) == 0;

    public static Entry Tamper(SimMember member, in Entry entry)
    {
        var world = member.World;
        if (member.Number != 1 || world.Defect is not (Defect.CompareIgnored or Defect.TxnReadsCompacted))
        {
            return entry;
        }

        RequestEncoding.TryDecode(entry.Data.Span, out var request);
        if (request.Kind != RequestKind.Txn)
        {
            return entry;
        }

        var txn = TxnRequest.Parser.ParseFrom(request.Body(entry.Data.Span));
        if (world.Defect == Defect.CompareIgnored)
        {
            txn.Compare.Clear();
        }
        else
        {
            foreach (var operation in txn.Success.Concat(txn.Failure).Where(one => one.RequestRange is not null))
            {
                operation.RequestRange.Revision = 0;
            }
        }

        return entry with
        {
            Data = Requests.Encode(RequestKind.Txn, txn, request.Id),
        };
    }

    /// <summary>The defect of an index that gets to the disk ahead of the changes of its entry.</summary>
    public static void AfterTurn(SimMember member)
    {
        var (world, backend) = (member.World, member.Store.Backend);
        var (index, term) = (backend.ConsistentIndex, backend.ConsistentTerm);
        if (
            world.Defect == Defect.IndexBeforeChanges
            && member.State.CommittedIndex > index
            && index == member.State.AppliedIndex
            && world.DiskRandom.Next(4) == 0
        )
        {
            backend.SetConsistentIndex(index + 1, term);
            backend.ForceCommit();
            backend.SetConsistentIndex(index, term);
        }
    }

    public static void AfterCompaction(World world, SimMember member)
    {
        var compacted = member.Store.Kv.CompactedRevision;
        var wanted = world.Defect switch
        {
            Defect.DeleteAtCompactionLost => world.Model.Deletions.Where(one => one.Main == compacted),
            Defect.DeleteLostByCompaction => world.Model.Deletions.Where(one =>
                one.Main > compacted && one.Main < member.Store.Kv.CurrentRevision
            ),
            _ => [],
        };
        List<Revision> tombstones = [.. wanted.Take(1)];
        if (tombstones.Count != 0)
        {
            member.Store.Backend.ForceCommit();
            member.Store.Backend.DeleteKeys([], tombstones, 0);
        }
    }
}
