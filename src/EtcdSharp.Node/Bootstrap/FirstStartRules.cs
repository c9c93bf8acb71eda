using System.Net;
using System.Net.Sockets;

namespace EtcdSharp.Node.Bootstrap;

/// <summary>
/// What must agree before a member starts for the first time, and is not asked any more once it has: the log then knows better.
/// The messages are etcd's.
/// </summary>
internal static class FirstStartRules
{
    /// <summary>The first rule that is broken, as a message that names both values, or null.</summary>
    public static string? FirstBroken(BootstrapOptions options)
    {
        var own = options
            .InitialCluster.Where(member => member.Name == options.Name)
            .SelectMany(member => member.PeerUrls)
            .ToList();
        if (own.Count == 0)
        {
            var names = string.Join(", ", options.InitialCluster.Select(member => member.Name));
            return $"couldn't find local name \"{options.Name}\" in the initial cluster configuration ({names})";
        }

        foreach (var (name, urls) in options.InitialCluster)
        {
            foreach (var url in urls)
            {
                if (!IsPeerUrl(url))
                {
                    return $"error setting up initial cluster: --initial-cluster has {name}={url}, which is no URL with a host and a port";
                }
            }
        }

        var all = options.InitialCluster.SelectMany(member => member.PeerUrls);
        return all.GroupBy(url => url, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
                ? $"initial cluster {Text(options)} has duplicate url ({twice.Key})"
            : options.NewCluster ? AdvertisedElsewhere(options, own)
            : null;
    }

    /// <summary>Two texts that mean the same address, as localhost and 127.0.0.1, agree.</summary>
    private static string? AdvertisedElsewhere(BootstrapOptions options, List<string> own)
    {
        if (options.AdvertisePeerUrls is not { } advertised)
        {
            return null;
        }

        var missing = own.Where(url => !advertised.Any(other => IsSame(url, other)))
            .Select(url => $"{options.Name}={url}")
            .ToList();
        if (missing.Count > 0)
        {
            return $"--initial-cluster has {string.Join(',', missing)} but missing from "
                + $"--initial-advertise-peer-urls={string.Join(',', advertised)}";
        }

        var unnamed = advertised.Where(url => !own.Exists(other => IsSame(url, other))).ToList();
        return unnamed.Count > 0
            ? $"--initial-advertise-peer-urls has {string.Join(',', unnamed)} but missing from --initial-cluster={Text(options)}"
            : null;
    }

    private static bool IsSame(string one, string other)
    {
        if (one == other)
        {
            return true;
        }

        return Uri.TryCreate(one, UriKind.Absolute, out var left)
            && Uri.TryCreate(other, UriKind.Absolute, out var right)
            && left.Scheme == right.Scheme
            && left.Port == right.Port
            && (left.Scheme is "http" or "https")
            && Resolve(left.Host).Intersect(Resolve(right.Host)).Any();
    }

    private static IPAddress[] Resolve(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host);
        }
        catch (SocketException)
        {
            // A name that nobody knows is the address of nobody, so it agrees with no other text.
            return [];
        }
    }

    private static bool IsPeerUrl(string url) =>
        url.StartsWith("unix://", StringComparison.Ordinal)
        || url.StartsWith("unixs://", StringComparison.Ordinal)
        || (
            Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            && parsed.Scheme is "http" or "https"
            && parsed.Host.Length > 0
            && url.LastIndexOf(':') > url.IndexOf("://", StringComparison.Ordinal)
            && parsed.AbsolutePath.Length <= 1
        );

    private static string Text(BootstrapOptions options) =>
        string.Join(',', options.InitialCluster.SelectMany(member => member.PeerUrls.Select(url => $"{member.Name}={url}")));
}
