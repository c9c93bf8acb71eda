using EtcdSharp.Platform.Network;

namespace EtcdSharp.Replica.Membership;

/// <summary>The URLs of a member as a request gives them: each read as a whole, by the rules of the flags.</summary>
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

            // The flags let a slash at the end pass; a request must name exactly what other members will compare.
            if (url.EndsWith('/') || EtcdUrl.TryParse(url, out _) is not null)
            {
                return null;
            }

            urls.Add(url);
        }

        urls.Sort(StringComparer.Ordinal);
        return urls;
    }
}
