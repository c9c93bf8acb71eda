using System.Text.RegularExpressions;

namespace EtcdSharp.CommandLine.Tests.Support;

/// <summary>Takes out of what was printed what differs from one call to the next: ids, revisions, times.</summary>
internal static partial class Normal
{
    public static string Output(string text) => Times().Replace(Ids().Replace(Numbers().Replace(text, "${name}N"), "ID"), "TIME");

    /// <summary>The last line alone, without log lines: what stands before it in real etcd is Go's own.</summary>
    public static string Error(string text)
    {
        var lines = text.Split('\n')
            .Where(static line => line.Length > 0 && !line.StartsWith("{\"level\":", StringComparison.Ordinal));
        return Output(string.Join('\n', lines));
    }

    /// <summary>Revisions, terms, cluster and member ids in the formats json and fields.</summary>
    [GeneratedRegex(
        """(?<name>(?:"(?:cluster_id|member_id|revision|raft_term|create_revision|mod_revision|ID|id|lease|memberID|target_id|compact_revision|CompactRevision|hash|hash_revision|header_revision)":|"(?:Cluster|Member)?ID" : |"(?:Prev)?(?:Create|Mod)?Revision" : |"RaftTerm" : |"(?:Prev)?Lease" : |"Hash(?:Revision)?" : )"?)[1-9a-f][0-9a-f]*""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex Numbers();

    /// <summary>Leases and members as hexadecimal numbers.</summary>
    [GeneratedRegex(@"\b[0-9a-f]{15,16}\b", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Ids();

    [GeneratedRegex(@"\b[0-9.]+(?:ns|µs|Âµs|ms|s)\b", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Times();
}
