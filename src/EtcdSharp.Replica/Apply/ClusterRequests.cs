using EtcdSharp.Api.Membershippb;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Replica.Apply;

/// <summary>Requests that change what the cluster knows of itself.</summary>
internal static class ClusterRequests
{
    public static void Apply(in ApplyContext context, ClusterState cluster)
    {
        switch (context.Kind)
        {
            case RequestKind.ClusterVersionSet:
                SetVersion(ClusterVersionSetRequest.Parser.ParseFrom(context.Body).Ver, cluster);
                break;
            case RequestKind.ClusterMemberAttrSet:
                var attributes = ClusterMemberAttrSetRequest.Parser.ParseFrom(context.Body);
                cluster.SetAttributes(
                    attributes.MemberID,
                    attributes.MemberAttributes?.Name ?? "",
                    attributes.MemberAttributes is { } given ? [.. given.ClientUrls] : []
                );
                break;
            case RequestKind.DowngradeInfoSet:
                var downgrade = DowngradeInfoSetRequest.Parser.ParseFrom(context.Body);
                cluster.SetDowngrade(downgrade.Enabled ? new DowngradeInfo(true, downgrade.Ver) : DowngradeInfo.None);
                break;
        }
    }

    /// <exception cref="InvalidDataException">The text is no version, or the cluster has left this server behind.</exception>
    public static void SetVersion(string text, ClusterState cluster)
    {
        if (!EtcdVersion.TryParse(text, out var version))
        {
            throw new InvalidDataException($"the log sets the cluster version to '{text}', which is no version");
        }

        if (cluster.ServerVersion.Release < version)
        {
            throw new InvalidDataException(
                $"invalid downgrade: this server is version {cluster.ServerVersion}, the cluster is at {version}"
            );
        }

        cluster.SetVersion(version);
    }
}
