using System.Diagnostics.CodeAnalysis;

namespace EtcdSharp.Server.Membership;

/// <summary>What etcd accepts as the URLs of a member: absolute, http(s) or a unix socket, with a port, without a path.</summary>
internal static class PeerUrls
{
    /// <summary>Checks and sorts; null when one of them, or the empty list, is not acceptable.</summary>
    public static IReadOnlyList<string>? TryParse(IReadOnlyCollection<string> texts)
    {
        if (texts.Count == 0)
        {
            return null;
        }

        var urls = new List<string>(texts.Count);
        foreach (var text in texts)
        {
            var url = text.Trim();
            if (!IsAcceptable(url))
            {
                return null;
            }

            urls.Add(url);
        }

        urls.Sort(StringComparer.Ordinal);
        return urls;
    }

    private static bool IsAcceptable([NotNullWhen(true)] string? text)
    {
        var separator = text!.IndexOf("://", StringComparison.Ordinal);
        if (separator < 0)
        {
            return false;
        }

        var scheme = text[..separator];
        var rest = text[(separator + 3)..];
        switch (scheme)
        {
            case "unix" or "unixs":
                return rest.Length != 0;
            case "http" or "https":
                return !rest.Contains('/', StringComparison.Ordinal) && HasHostAndPort(rest);
            default:
                return false;
        }
    }

    private static bool HasHostAndPort(string authority)
    {
        var colon = authority.LastIndexOf(':');
        var bracket = authority.LastIndexOf(']');
        return colon > bracket
            && ushort.TryParse(
                authority.AsSpan(colon + 1),
                System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture,
                out _
            );
    }
}
