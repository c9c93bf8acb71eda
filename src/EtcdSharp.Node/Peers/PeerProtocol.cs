using System.Globalization;
using EtcdSharp.Api;
using EtcdSharp.Replica.Membership;
using Microsoft.AspNetCore.Http;

namespace EtcdSharp.Node.Peers;

/// <summary>The names and fixed texts of etcd's peer protocol, and what members require of each other's headers.</summary>
internal static class PeerProtocol
{
    public const string PipelinePath = "/raft";
    public const string ProbingPath = "/raft/probing";
    public const string SnapshotPath = "/raft/snapshot";
    public const string AppendStreamPath = "/raft/stream/msgapp/";
    public const string MessageStreamPath = "/raft/stream/message/";
    public const string MembersPath = "/members";
    public const string PromotePath = "/members/promote/";
    public const string HashKvPath = "/members/hashkv";
    public const string VersionPath = "/version";
    public const string LeasesPath = "/leases";
    public const string LeasesInternalPath = "/leases/internal";
    public const string DowngradePath = "/downgrade/enabled";

    public const string FromHeader = "X-Server-From";
    public const string VersionHeader = "X-Server-Version";
    public const string MinimumClusterVersionHeader = "X-Min-Cluster-Version";
    public const string ClusterIdHeader = "X-Etcd-Cluster-ID";
    public const string ToHeader = "X-Raft-To";
    public const string PeerUrlsHeader = "X-PeerURLs";

    public const string IncompatibleVersion = "incompatible version";
    public const string ClusterIdMismatch = "cluster ID mismatch";
    public const string LeaseApplyTimeout = "waiting for node to catch up its applied index has timed out";

    /// <summary>What <see cref="PeerTiming"/> says at least: both sides of a stream count on the other's heartbeats.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(5);

    /// <summary>A third of <see cref="SilenceMax"/>: two heartbeats may be late before the other side gives up.</summary>
    public static readonly TimeSpan HeartbeatInterval = SilenceMax / 3;

    /// <summary>
    /// The largest message taken from another member. An append carries at most 1 MiB of entries unless a single
    /// entry is larger, and no member takes requests beyond its own limit; etcd reads up to 512 MiB.
    /// </summary>
    public const int MessageBytesMax = 512 * 1024 * 1024;

    /// <summary>The message in front of a store file: metadata and the membership, never the store itself; etcd's figure.</summary>
    public const int SnapshotMessageBytesMax = 64 * 1024 * 1024;

    private static readonly EtcdVersion s_oldest = new(2, 0, 0);

    public static bool TryParseId(string? text, out ulong id) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);

    /// <summary>Why a request of another member is not served, with etcd's words; null when it is.</summary>
    public static string? Refusal(IHeaderDictionary headers, PeerIdentity self)
    {
        var server = Version(headers[VersionHeader]);
        var minimum = Version(headers[MinimumClusterVersionHeader]);
        var ownMinimum = Version(ProductVersion.EtcdMinimumCluster);
        return server.Release < ownMinimum.Release || minimum.Release > self.Version.Release ? IncompatibleVersion
            : headers[ClusterIdHeader] != self.ClusterText ? ClusterIdMismatch
            : null;
    }

    /// <summary>A member that says nothing is of the time before versions were sent.</summary>
    private static EtcdVersion Version(string? text) => EtcdVersion.TryParse(text, out var version) ? version : s_oldest;
}
