using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EtcdSharp.Replica.Membership;

/// <summary>
/// Member and cluster ids as etcd derives them, so that every member of a static cluster comes to the same ids
/// without talking: the first eight bytes of a SHA-1, big-endian.
/// </summary>
internal static class MemberIds
{
    /// <summary>
    /// The id of a member: over its peer URLs in order, the cluster token, and for a member that is added to a
    /// running cluster the time in seconds, so that the same URLs may come back under a new id.
    /// </summary>
    public static ulong ForMember(IEnumerable<string> peerUrls, string clusterToken, DateTimeOffset? added = null)
    {
        var text = new StringBuilder();
        text.AppendJoin(null, peerUrls.Order(StringComparer.Ordinal)).Append(clusterToken);
        if (added is { } time)
        {
            text.Append(CultureInfo.InvariantCulture, $"{time.ToUnixTimeSeconds()}");
        }

        return FirstEightBytesOfSha1(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>The id of a cluster: over the ids of its first members in ascending order.</summary>
    public static ulong ForCluster(IEnumerable<ulong> memberIds)
    {
        var ids = memberIds.Order().ToArray();
        var bytes = new byte[ids.Length * sizeof(ulong)];
        for (var i = 0; i < ids.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * sizeof(ulong)), ids[i]);
        }

        return FirstEightBytesOfSha1(bytes);
    }

    /// <summary>Ids are written in hexadecimal without leading zeros, in files and in logs.</summary>
    public static string ToText(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);

    // SHA-1 is etcd's choice and serves as a mixer here, not as protection.
    private static ulong FirstEightBytesOfSha1(byte[] data) => BinaryPrimitives.ReadUInt64BigEndian(SHA1.HashData(data));
}
