using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Snap.V2;
using EtcdSharp.Storage.Wal;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Offline;

/// <summary>
/// The first entries of the new cluster's log, which add its members, with a snapshot behind them: the restored store
/// has them applied already.
/// </summary>
internal sealed class RestoredLog(IDisk disk, IClock clock, ILogger logger)
{
    public const ulong Term = 1;

    public void Write(DataDirectory data, RestoredCluster cluster)
    {
        var commit = (ulong)cluster.Members.Count;
        var metadata = new SnapshotMetadata(cluster.Configuration, commit, Term);

        // Releases up to 3.6 read the membership out of the snapshot file.
        var view = new ClusterView { Members = cluster.Members };
        new SnapshotDirectory(disk, data.SnapPath, logger).Save(new Snapshot(V2StoreDocument.Write(view.ToV2()), metadata));

        var owner = new Api.Metadata { NodeID = cluster.MemberId, ClusterID = cluster.ClusterId };
        var options = new WalOptions
        {
            Clock = clock,
            Logger = logger,
            PrepareSegmentsAhead = false,
        };
        using var log = WriteAheadLog.Create(disk, data.WalPath, owner.ToByteArray(), options);

        // Who the vote was for does not matter, as long as all members name the same: nobody leads in this term.
        log.Save(new HardState(Term, Vote: cluster.Members[0].Id, commit), FirstEntries(cluster.Members));
        log.SaveSnapshot(WalSnapshotMark.Of(metadata));
    }

    private static Entry[] FirstEntries(IReadOnlyList<MemberInfo> members)
    {
        var entries = new Entry[members.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var change = new ConfChange(0, ConfChangeType.AddNode, members[i].Id, MemberJson.Encode(members[i]));
            entries[i] = new Entry(EntryType.ConfChange, Term, (ulong)i + 1, RaftWire.ToBytes(change));
        }

        return entries;
    }
}
