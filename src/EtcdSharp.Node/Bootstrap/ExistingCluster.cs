using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Node.Bootstrap;

/// <summary>A running cluster as one of its members describes it.</summary>
internal sealed record ExistingCluster(ulong ClusterId, IReadOnlyList<MemberInfo> Members);
