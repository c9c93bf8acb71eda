using EtcdSharp.Platform.Network;
using EtcdSharp.Raft;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Offline;

/// <summary>The new cluster that a restored member belongs to, ids included. Every member's restore comes to the same.</summary>
internal sealed record RestoredCluster(ulong ClusterId, ulong MemberId, IReadOnlyList<MemberInfo> Members)
{
    public ConfState Configuration => new() { Voters = [.. Members.Select(member => member.Id)] };

    /// <summary>Says what is wrong with the description, in etcd's words, or null and the cluster.</summary>
    /// <param name="options">The description.</param>
    /// <param name="resolve">The address of a host name; null when there is none.</param>
    /// <param name="cluster">The cluster.</param>
    public static string? TryDescribe(RestoreOptions options, Func<string, string?> resolve, out RestoredCluster? cluster)
    {
        cluster = null;
        if (TryParseUrls(options.AdvertisePeerUrls.Split(','), out var advertised) is { } badAdvertised)
        {
            return badAdvertised;
        }

        if (TryParseMembers(options.InitialCluster, out var urlsOf) is { } badMember)
        {
            return badMember;
        }

        if (!urlsOf.TryGetValue(options.Name, out var own))
        {
            return $"couldn't find local name \"{options.Name}\" in the initial cluster configuration";
        }

        if (PeerUrlMatch.Check(options.Name, own, advertised, resolve) is { } mismatch)
        {
            return mismatch;
        }

        var all = urlsOf.Values.SelectMany(urls => urls).ToList();
        if (all.Distinct(StringComparer.Ordinal).Count() != all.Count)
        {
            var pairs = urlsOf.SelectMany(pair => pair.Value.Select(url => $"{pair.Key}={url}")).Order(StringComparer.Ordinal);
            return $"initial cluster {string.Join(',', pairs)} has duplicate url";
        }

        // Different URLs give different ids, but for a collision of SHA-1.
        var members = urlsOf
            .Select(pair => new MemberInfo(MemberIds.ForMember(pair.Value, options.ClusterToken), pair.Value, Name: pair.Key))
            .OrderBy(member => member.Id)
            .ToList();
        cluster = new RestoredCluster(
            MemberIds.ForCluster(members.Select(member => member.Id)),
            members.Single(member => member.Name == options.Name).Id,
            members
        );
        return null;
    }

    private static string? TryParseMembers(string text, out SortedDictionary<string, List<string>> urlsOf)
    {
        urlsOf = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            if (TryParseUrls([parts.Length == 2 ? parts[1] : ""], out var urls) is { } problem)
            {
                return problem;
            }

            if (!urlsOf.TryAdd(parts[0], urls))
            {
                urlsOf[parts[0]].AddRange(urls);
                urlsOf[parts[0]].Sort(StringComparer.Ordinal);
            }
        }

        return null;
    }

    private static string? TryParseUrls(string[] texts, out List<string> urls)
    {
        urls = [];
        foreach (var text in texts.Select(text => text.Trim()))
        {
            if (text.StartsWith("http", StringComparison.Ordinal) && text.EndsWith('/'))
            {
                return $"URL must not contain a path: {text}";
            }

            if (EtcdUrl.TryParse(text, out var url) is { } problem)
            {
                return problem;
            }

            urls.Add(url!.Text);
        }

        urls.Sort(StringComparer.Ordinal);
        return null;
    }
}
