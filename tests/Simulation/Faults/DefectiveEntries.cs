using EtcdSharp.Api;
using EtcdSharp.Raft;
using EtcdSharp.Server.Node;
using EtcdSharp.Simulation.Clients;
using EtcdSharp.Simulation.Kernel;
using EtcdSharp.Simulation.Members;
using EtcdSharp.Storage.Backend;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Faults;

/// <summary>Defects of applying and compacting, on some members only, as a race or a crash would show them.</summary>
internal static class DefectiveEntries
{
    public static void Swap(Entry[] entries)
    {
        for (var i = 0; i + 1 < entries.Length; i++)
        {
            if (
                entries[i].Type == EntryType.Normal
                && entries[i + 1].Type == EntryType.Normal
                && !entries[i].Data.IsEmpty
                && !entries[i + 1].Data.IsEmpty
            )
            {
                (entries[i], entries[i + 1]) = (
                    entries[i] with
                    {
                        Data = entries[i + 1].Data,
                    },
                    entries[i + 1] with
                    {
                        Data = entries[i].Data,
                    }
                );
                return;
            }
        }
    }

    public static Entry Tamper(World world, SimMember member, in Entry entry)
    {
        if (member.Id != 1 || world.Defect is not (Defect.CompareIgnored or Defect.TxnReadsCompacted))
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

    public static void AfterCompaction(World world, SimMember member)
    {
        var compacted = member.Replica.Kv.CompactedRevision;
        var wanted = world.Defect switch
        {
            Defect.DeleteAtCompactionLost => world.Model.Deletions.Where(one => one.Main == compacted),
            Defect.DeleteLostByCompaction => world.Model.Deletions.Where(one =>
                one.Main > compacted && one.Main < member.Replica.Kv.CurrentRevision
            ),
            _ => [],
        };
        List<Revision> tombstones = [.. wanted.Take(1)];
        if (tombstones.Count != 0)
        {
            member.Replica.Backend.ForceCommit();
            member.Replica.Backend.DeleteKeys([], tombstones, 0);
        }
    }
}
