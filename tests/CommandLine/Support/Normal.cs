using System.Text.RegularExpressions;

namespace EtcdSharp.CommandLine.Tests.Support;

/// <summary>Takes out of what was printed what differs from one call to the next: ids, revisions, times.</summary>
internal static partial class Normal
{
    public static string Output(string text) => Values(text).Replace("\"Revision\" : 0\n", "", StringComparison.Ordinal);

    /// <summary>What was printed beside an error of the flags: 3.5 prints the usage on standard output, 3.7 behind the error.</summary>
    public static string Output(Outcome outcome) =>
        outcome is { ExitCode: 1 } && outcome.Output.StartsWith("NAME:\n", StringComparison.Ordinal)
            ? ""
            : Output(outcome.Output);

    private static string Values(string text) =>
        Times().Replace(Ids().Replace(Numbers().Replace(text, "${name}N"), "ID"), "TIME");

    /// <summary>
    /// Without log lines, which are Go's own, without the usage, and without a line that stands there twice: 3.5 tells
    /// errors of the flags so.
    /// </summary>
    public static string Error(string text)
    {
        var lines = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            if (line == "Usage:")
            {
                break;
            }

            // The program stty is called by real etcdctl, to hide passwords.
            var isForeign =
                line.StartsWith("{\"level\":", StringComparison.Ordinal) || line.StartsWith("stty: ", StringComparison.Ordinal);
            if (line.Length > 0 && !isForeign && !lines.Contains(line))
            {
                lines.Add(line);
            }
        }

        return Output(string.Join('\n', lines));
    }

    /// <summary>
    /// Revisions, terms, cluster and member ids in the formats json and fields; a zero stays, an id in hexadecimal digits may begin
    /// with one.
    /// </summary>
    [GeneratedRegex(
        """(?<name>(?:"(?:cluster_id|member_id|revision|raft_term|create_revision|mod_revision|ID|id|lease|memberID|target_id|compact_revision|CompactRevision|hash|hash_revision|ttl|TTL|authRevision)":|AuthRevision: |"(?:Cluster|Member)?ID" : |"(?:Prev)?(?:Create|Mod)?Revision" : |"RaftTerm" : |"(?:Prev)?Lease" : |"Hash(?:Revision)?" : |"TTL" : )"?)(?:[1-9a-f][0-9a-f]*|0[0-9a-f]{14,15})""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex Numbers();

    /// <summary>
    /// Leases and members as hexadecimal numbers. Members are written without the zeros in front: one in 256 has fewer than 15
    /// digits, one in 16 million fewer than 11.
    /// </summary>
    [GeneratedRegex(@"\b[0-9a-f]{11,16}\b", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Ids();

    [GeneratedRegex(@"\b[0-9.]+(?:ns|µs|Âµs|ms|s)\b", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Times();
}
