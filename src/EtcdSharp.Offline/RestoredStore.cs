using EtcdSharp.Platform;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Storage.Backend;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Offline;

/// <summary>Makes the store of an old cluster the store of a new one: the keys stay, the membership is replaced.</summary>
internal sealed class RestoredStore(IDisk disk, ILogger logger)
{
    public void Rewrite(string storePath, RestoredCluster cluster, RestoreOptions options)
    {
        using var backend = BackendStore.Open(
            disk,
            storePath,
            new BackendOptions
            {
                InitialMapBytes = options.InitialMapBytes,
                OwnThread = false,
                CommitFailed = static failure => throw StoreFile.NotWritten(failure),
            }
        );

        // One write: the file has the old membership or the new one, never a part of each.
        backend.EnterWrite();
        try
        {
            ReplaceMembers(backend, cluster);
            if (options.RevisionBump > 0)
            {
                BumpRevision(backend, (long)options.RevisionBump);
            }

            backend.SetConsistentIndex((ulong)cluster.Members.Count, RestoredLog.Term);
        }
        finally
        {
            backend.ExitWrite();
        }

        backend.ForceCommit();
    }

    private void ReplaceMembers(BackendStore backend, RestoredCluster cluster)
    {
        OfflineLog.TrimmingMembership(logger);
        foreach (var bucket in (BackendBucket[])[BackendBucket.Members, BackendBucket.MembersRemoved])
        {
            foreach (var (key, _) in backend.List(bucket))
            {
                backend.Delete(bucket, key);
            }
        }

        var state = new ClusterState(backend, cluster.ClusterId, cluster.MemberId);
        foreach (var member in cluster.Members)
        {
            state.Put(member);
            OfflineLog.AddedMember(
                logger,
                MemberIds.ToText(cluster.ClusterId),
                localMemberId: "0",
                MemberIds.ToText(member.Id),
                [.. member.PeerUrls],
                addedPeerIsLearner: false
            );
        }

        state.StoreConfiguration(cluster.Configuration);
    }

    /// <summary>
    /// Puts an entry without content far ahead, and asks for a compaction up to it: the next start counts on from
    /// there and tells watchers of anything older that it is gone.
    /// </summary>
    private void BumpRevision(BackendStore backend, long amount)
    {
        var newest = new NewestRevision();
        using (var reader = backend.BeginRead())
        {
            reader.VisitKeys(default, ref newest);
        }

        var bumped = new Revision(checked(newest.Main + amount), 0);
        OfflineLog.BumpingRevision(logger, newest.Main, amount, bumped.Main);
        backend.ReserveKey(0, out var data, out var start);
        backend.AddKey(bumped, tombstone: false, data, start, 0);

        OfflineLog.MarkingCompacted(logger, bumped.Main);
        var encoded = new byte[Revision.EncodedLength];
        bumped.Encode(encoded, tombstone: false);
        backend.Put(BackendBucket.Meta, MetaKeys.ScheduledCompaction, encoded);
    }

    private struct NewestRevision : IKeyBucketVisitor
    {
        public long Main { get; private set; }

        public bool Visit(Revision revision, bool tombstone, ReadOnlySpan<byte> value)
        {
            Main = revision.Main;
            return true;
        }
    }
}
