using System.Collections.Frozen;
using EtcdSharp.Raft;
using EtcdSharp.Storage.Snap.V2;

namespace EtcdSharp.Replica.Membership;

/// <summary>The membership at one moment. Immutable; readers take one and see a consistent picture.</summary>
internal sealed record ClusterView
{
    public static readonly ClusterView Empty = new();

    /// <summary>In ascending order of their ids.</summary>
    public IReadOnlyList<MemberInfo> Members { get; init; } = [];

    /// <summary>Ids that were removed; they never come back.</summary>
    public FrozenSet<ulong> Removed { get; init; } = [];

    /// <summary>Null until the cluster has agreed on one.</summary>
    public EtcdVersion? Version { get; init; }

    public DowngradeInfo Downgrade { get; init; } = DowngradeInfo.None;

    public IEnumerable<MemberInfo> Voters => Members.Where(member => !member.IsLearner);

    /// <summary>As raft has it: etcd changes it a member at a time, so it is never joint.</summary>
    public ConfState Configuration =>
        new()
        {
            Voters = [.. Voters.Select(member => member.Id)],
            Learners = [.. Members.Where(member => member.IsLearner).Select(member => member.Id)],
        };

    public MemberInfo? Find(ulong id) => Members.FirstOrDefault(member => member.Id == id);

    public ClusterView With(MemberInfo member) =>
        this with
        {
            Members = [.. Members.Where(other => other.Id != member.Id).Append(member).OrderBy(other => other.Id)],
        };

    public ClusterView Without(ulong id) =>
        this with
        {
            Members = [.. Members.Where(member => member.Id != id)],
            Removed = Removed.Append(id).ToFrozenSet(),
        };

    /// <summary>Releases up to 3.6 read the membership from the snapshot, in the form of the old store.</summary>
    public V2Membership ToV2() =>
        new(
            [
                .. Members.Select(member => new V2Member(
                    member.Id,
                    member.PeerUrls,
                    member.IsLearner,
                    member.Name,
                    member.ClientUrls
                )),
            ],
            [.. Removed.Order()],
            Version?.ToString()
        );
}
