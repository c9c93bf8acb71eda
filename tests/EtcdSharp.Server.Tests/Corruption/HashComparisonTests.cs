using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Node.Corruption;

namespace EtcdSharp.Server.Tests.Corruption;

public sealed class HashComparisonTests
{
    private const ulong Self = 1;

    private static readonly KvHash s_own = new(0xAA, CompactRevision: 5, Revision: 20);

    [Fact]
    public void A_start_is_refused_only_by_another_hash_of_the_same_revisions()
    {
        Assert.Equal(InitialFinding.Equal, HashComparison.Initial(s_own, Peer(2, 0xAA)));
        Assert.Equal(InitialFinding.Equal, HashComparison.Initial(s_own, Peer(2, 0xAA, compacted: 7)));
        Assert.Equal(InitialFinding.DifferentHash, HashComparison.Initial(s_own, Peer(2, 0xBB)));
        Assert.Equal(InitialFinding.DifferentCompaction, HashComparison.Initial(s_own, Peer(2, 0xBB, compacted: 7)));
        Assert.Equal(InitialFinding.PeerBehind, HashComparison.Initial(s_own, Silent(2, EtcdError.FutureRev)));
        Assert.Equal(InitialFinding.LocalBehind, HashComparison.Initial(s_own, Silent(2, EtcdError.Compacted)));
        Assert.Equal(InitialFinding.OtherCluster, HashComparison.Initial(s_own, Silent(2, EtcdError.ClusterIDMismatch)));
        Assert.Equal(InitialFinding.NoAnswer, HashComparison.Initial(s_own, Silent(2)));
    }

    [Fact]
    public void A_leader_holds_against_a_member_what_it_cannot_have_come_by_honestly()
    {
        Assert.Empty(Periodic([Peer(2, 0xAA), Peer(3, 0xBB, compacted: 4), Silent(4)]));
        Assert.Equal([(PeriodicFinding.DifferentHash, 3UL)], Periodic([Peer(2, 0xAA), Peer(3, 0xBB)]));
        Assert.Equal([(PeriodicFinding.RevisionAhead, 2UL)], Periodic([Peer(2, 0xAA, revision: 26)]));
        Assert.Equal([(PeriodicFinding.CompactionAhead, 2UL)], Periodic([Peer(2, 0xBB, compacted: 6)]));
    }

    [Fact]
    public void A_leader_that_compacted_meanwhile_does_not_accuse_those_who_did_too()
    {
        var after = new KvHash(0xCC, CompactRevision: 9, Revision: 25);

        Assert.Empty(HashComparison.Periodic(Self, s_own, after, 25, [Peer(2, 0xDD, compacted: 9)]));
        Assert.Equal(
            [(PeriodicFinding.DifferentHash, 2UL)],
            HashComparison.Periodic(Self, s_own, after, 25, [Peer(2, 0xDD, compacted: 5)])
        );
    }

    [Fact]
    public void A_leader_whose_own_hash_of_one_revision_changes_accuses_itself()
    {
        Assert.Equal(
            [(PeriodicFinding.OwnHashChanged, Self)],
            HashComparison.Periodic(Self, s_own, s_own with { Hash = 0xBB }, 20, [])
        );
        Assert.Empty(HashComparison.Periodic(Self, s_own, s_own with { Hash = 0xBB, Revision = 21 }, 21, []));
    }

    [Fact]
    public void The_majority_of_a_compaction_is_right_even_against_the_leader()
    {
        var one = HashComparison.Compaction(Self, s_own, [Peer(2, 0xAA), Peer(3, 0xBB)]);
        Assert.Equal((true, false), (one.MajorityExists, one.IsComplete));
        Assert.Equal([3UL], one.Corrupt);

        Assert.Equal([Self], HashComparison.Compaction(Self, s_own, [Peer(2, 0xBB), Peer(3, 0xBB)]).Corrupt);
        Assert.Equal(
            [4UL, 5UL],
            HashComparison.Compaction(Self, s_own, [Peer(2, 0xAA), Peer(3, 0xAA), Peer(4, 0xBB), Peer(5, 0xCC)]).Corrupt.Order()
        );
    }

    [Fact]
    public void Without_a_majority_the_whole_cluster_is_suspect()
    {
        var two = HashComparison.Compaction(Self, s_own, [Peer(2, 0xBB)]);
        Assert.Equal((false, 2), (two.MajorityExists, two.Deviating.Count));
        Assert.Equal([0UL], two.Corrupt);

        Assert.Equal([0UL], HashComparison.Compaction(Self, s_own, [Peer(2, 0xBB), Peer(3, 0xCC)]).Corrupt);
        Assert.Equal([0UL], HashComparison.Compaction(Self, s_own, [Silent(2), Peer(3, 0xBB)]).Corrupt);
    }

    [Fact]
    public void Members_that_cannot_be_compared_leave_the_check_open()
    {
        var finding = HashComparison.Compaction(Self, s_own, [Peer(2, 0xAA), Peer(3, 0xBB, compacted: 4), Silent(4)]);

        Assert.Equal((1, false), (finding.PeersChecked, finding.IsComplete));
        Assert.Empty(finding.Corrupt);
        Assert.Equal(
            [(3UL, "the peer's CompactRevision 4 doesn't match leader's CompactRevision 5"), (4UL, "no response")],
            finding.Skipped
        );
        Assert.True(HashComparison.Compaction(Self, s_own, [Peer(2, 0xAA), Peer(3, 0xAA)]).IsComplete);
    }

    private static IReadOnlyList<(PeriodicFinding Finding, ulong MemberId)> Periodic(IReadOnlyList<PeerHash> peers) =>
        HashComparison.Periodic(Self, s_own, s_own with { Revision = 25, Hash = 0xCC }, 25, peers);

    private static PeerHash Peer(ulong id, uint hash, long compacted = 5, long revision = 20) =>
        new()
        {
            MemberId = id,
            Endpoints = [],
            Hash = new KvHash(hash, compacted, 20),
            Revision = revision,
        };

    private static PeerHash Silent(ulong id, EtcdError? refusal = null) =>
        new()
        {
            MemberId = id,
            Endpoints = [],
            Refusal = refusal,
        };
}
