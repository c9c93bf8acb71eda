using EtcdSharp.Api;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Node.Peers;

/// <summary>What a member says of itself in every request to another one.</summary>
internal sealed record PeerIdentity(ulong MemberId, ulong ClusterId, IReadOnlyList<string> PeerUrls, EtcdVersion Version)
{
    public string MemberText { get; } = MemberIds.ToText(MemberId);

    public string ClusterText { get; } = MemberIds.ToText(ClusterId);

    /// <summary>Whether who answers says that it belongs to the same cluster.</summary>
    public bool IsOfCluster(HttpResponseMessage response) =>
        response.Headers.TryGetValues(PeerProtocol.ClusterIdHeader, out var values) && values.Contains(ClusterText);

    /// <summary>Puts the headers on a request that other members check before they read on.</summary>
    public void Sign(HttpRequestMessage request)
    {
        request.Headers.Add(PeerProtocol.FromHeader, MemberText);
        request.Headers.Add(PeerProtocol.VersionHeader, Version.ToString());
        request.Headers.Add(PeerProtocol.MinimumClusterVersionHeader, ProductVersion.EtcdMinimumCluster);
        request.Headers.Add(PeerProtocol.ClusterIdHeader, ClusterText);
        if (PeerUrls.Count != 0)
        {
            request.Headers.TryAddWithoutValidation(PeerProtocol.PeerUrlsHeader, string.Join(',', PeerUrls));
        }
    }
}
