using EtcdSharp.Platform.Network;

namespace EtcdSharp.Offline;

/// <summary>
/// Whether a member advertises the peer URLs that the cluster knows it by; a host name and its address count as the
/// same. A member that is restored under other URLs than the rest of the cluster expects would never be found.
/// </summary>
internal static class PeerUrlMatch
{
    /// <summary>What does not match, in etcd's words; null when all does. Both lists are sorted.</summary>
    public static string? Check(
        string name,
        IReadOnlyList<string> inCluster,
        IReadOnlyList<string> advertised,
        Func<string, string?> resolve
    )
    {
        if (Compare(advertised, inCluster, resolve) is not { } reason)
        {
            return null;
        }

        var advertisedText = string.Join(',', advertised);
        var notAdvertised = inCluster.Except(advertised, StringComparer.Ordinal).ToList();
        if (notAdvertised.Count > 0)
        {
            var missing = string.Join(',', notAdvertised.Select(url => $"{name}={url}"));
            return $"--initial-cluster has {missing} but missing from --initial-advertise-peer-urls={advertisedText} ({reason})";
        }

        var advertisedPairs = string.Join(',', advertised.Select(url => $"{name}={url}"));
        var notInCluster = advertised.Except(inCluster, StringComparer.Ordinal).ToList();
        return notInCluster.Count > 0
            ? $"--initial-advertise-peer-urls has {string.Join(',', notInCluster)} but missing from --initial-cluster={advertisedPairs}"
            : $"failed to resolve {advertisedText} to match --initial-cluster={advertisedPairs} ({reason})";
    }

    private static string? Compare(IReadOnlyList<string> left, IReadOnlyList<string> right, Func<string, string?> resolve)
    {
        if (left.Count != right.Count)
        {
            return $"len({Quoted(left)}) != len({Quoted(right)})";
        }

        if (left.SequenceEqual(right, StringComparer.Ordinal))
        {
            return null;
        }

        var resolvedLeft = new List<string>();
        var resolvedRight = new List<string>();
        if (Resolve(left, resolve, resolvedLeft) is { } leftProblem)
        {
            return leftProblem;
        }

        if (Resolve(right, resolve, resolvedRight) is { } rightProblem)
        {
            return rightProblem;
        }

        var difference = resolvedLeft.Zip(resolvedRight).FirstOrDefault(pair => pair.First != pair.Second);
        return difference == default ? null : $"resolved urls: \"{difference.First}\" != \"{difference.Second}\"";
    }

    private static string? Resolve(IReadOnlyList<string> urls, Func<string, string?> resolve, List<string> resolved)
    {
        foreach (var text in urls)
        {
            if (EtcdUrl.TryParse(text, out var url) is { } problem)
            {
                return problem;
            }

            // As in etcd, localhost stays what it is: it may be one of two addresses.
            if (url!.IsUnixSocket || url.Host == "localhost")
            {
                resolved.Add(text);
                continue;
            }

            if (resolve(url.Host) is not { } address)
            {
                return $"failed to resolve \"{text}\" (lookup {url.Host}: no such host)";
            }

            var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
            resolved.Add($"{url.Scheme}://{host}:{url.Port}");
        }

        resolved.Sort(StringComparer.Ordinal);
        return null;
    }

    private static string Quoted(IReadOnlyList<string> urls) => $"[{string.Join(' ', urls.Select(url => $"\"{url}\""))}]";
}
