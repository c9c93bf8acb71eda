namespace EtcdSharp.Storage.Snap.V2;

/// <summary>What remains of use in the old store: who the members are, who was removed, and the cluster's version.</summary>
internal sealed record V2Membership(IReadOnlyList<V2Member> Members, IReadOnlyList<ulong> RemovedIds, string? ClusterVersion);
