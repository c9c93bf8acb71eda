using System.Globalization;
using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;

namespace EtcdSharp.Node.Corruption;

/// <summary>
/// Decides what hashes of different members mean. Two hashes say something about each other only when they cover the
/// same revisions: up to the same one, and compacted at the same one.
/// </summary>
internal static class HashComparison
{
    /// <summary>A member that starts, against one that was asked for its hash at the same revision.</summary>
    public static InitialFinding Initial(KvHash own, PeerHash peer)
    {
        if (peer.Hash is { } hash)
        {
            return hash.Hash == own.Hash ? InitialFinding.Equal
                : hash.CompactRevision == own.CompactRevision ? InitialFinding.DifferentHash
                : InitialFinding.DifferentCompaction;
        }

        return ReferenceEquals(peer.Refusal, EtcdError.FutureRev) ? InitialFinding.PeerBehind
            : ReferenceEquals(peer.Refusal, EtcdError.Compacted) ? InitialFinding.LocalBehind
            : ReferenceEquals(peer.Refusal, EtcdError.ClusterIDMismatch) ? InitialFinding.OtherCluster
            : InitialFinding.NoAnswer;
    }

    /// <summary>
    /// The leader against all others. It took its own hash, asked the others for theirs at that revision, made sure that
    /// it still leads, and took its own again: so it has everything that the others have.
    /// </summary>
    /// <param name="self">The leader.</param>
    /// <param name="before">Its hash before it asked.</param>
    /// <param name="after">Its hash after all had answered.</param>
    /// <param name="revisionAfter">Its newest revision by then.</param>
    /// <param name="peers">What the others answered.</param>
    public static IReadOnlyList<(PeriodicFinding Finding, ulong MemberId)> Periodic(
        ulong self,
        KvHash before,
        KvHash after,
        long revisionAfter,
        IReadOnlyList<PeerHash> peers
    )
    {
        var findings = new List<(PeriodicFinding, ulong)>();
        if (before.Revision == after.Revision && before.CompactRevision == after.CompactRevision && before.Hash != after.Hash)
        {
            findings.Add((PeriodicFinding.OwnHashChanged, self));
        }

        foreach (var peer in peers)
        {
            if (peer.Hash is not { } hash)
            {
                continue;
            }

            if (peer.Revision > revisionAfter)
            {
                findings.Add((PeriodicFinding.RevisionAhead, peer.MemberId));
            }

            if (hash.CompactRevision > after.CompactRevision)
            {
                findings.Add((PeriodicFinding.CompactionAhead, peer.MemberId));
            }

            if (hash.CompactRevision == before.CompactRevision && hash.Hash != before.Hash)
            {
                findings.Add((PeriodicFinding.DifferentHash, peer.MemberId));
            }
        }

        return findings;
    }

    /// <summary>The hashes that all members took when they compacted at one revision. The majority is right.</summary>
    public static CompactionFinding Compaction(ulong self, KvHash own, IReadOnlyList<PeerHash> peers)
    {
        var skipped = new List<(ulong, string)>();
        var groups = new SortedDictionary<uint, List<ulong>> { [own.Hash] = [self] };
        foreach (var peer in peers)
        {
            if (peer.Hash is not { } hash)
            {
                skipped.Add((peer.MemberId, "no response"));
            }
            else if (hash.CompactRevision != own.CompactRevision)
            {
                var reason = string.Create(
                    CultureInfo.InvariantCulture,
                    $"the peer's CompactRevision {hash.CompactRevision} doesn't match leader's CompactRevision {own.CompactRevision}"
                );
                skipped.Add((peer.MemberId, reason));
            }
            else if (groups.TryGetValue(hash.Hash, out var members))
            {
                members.Add(peer.MemberId);
            }
            else
            {
                groups.Add(hash.Hash, [peer.MemberId]);
            }
        }

        var quorum = ((peers.Count + 1) / 2) + 1;
        var hasMajority = groups.Values.Any(members => members.Count >= quorum);
        return new CompactionFinding
        {
            PeersChecked = peers.Count - skipped.Count,
            Skipped = skipped,
            MajorityExists = hasMajority,
            Deviating =
                groups.Count == 1
                    ? []
                    :
                    [
                        .. groups
                            .Where(group => group.Value.Count < quorum)
                            .Select(group => (group.Key, (IReadOnlyList<ulong>)group.Value)),
                    ],
        };
    }
}
