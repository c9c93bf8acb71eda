using EtcdSharp.Api.Membershippb;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Replica.Requests;

namespace EtcdSharp.Node.Bootstrap;

/// <summary>
/// The entries of a log that set the version of the cluster. Every release ends on one that sets a version above its own,
/// wherever the entry stands in the part of the log that it reads at its start.
/// </summary>
internal static class VersionEntries
{
    /// <summary>Whether one of the entries up to an index sets a version above <paramref name="version"/>.</summary>
    public static bool SetNewer(IEnumerable<Entry> entries, ulong lastIndex, EtcdVersion version) =>
        entries.TakeWhile(entry => entry.Index <= lastIndex).Any(entry => VersionSet(entry) is { } set && set > version);

    private static EtcdVersion? VersionSet(in Entry entry) =>
        entry.Type == EntryType.Normal
        && RequestEncoding.TryDecode(entry.Data.Span, out var request)
        && request.Kind == RequestKind.ClusterVersionSet
        && EtcdVersion.TryParse(ClusterVersionSetRequest.Parser.ParseFrom(request.Body(entry.Data.Span)).Ver, out var version)
            ? version
            : null;
}
