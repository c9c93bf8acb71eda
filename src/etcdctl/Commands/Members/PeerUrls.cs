using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Commands.Members;

/// <summary>The addresses in <c>--peer-urls</c>, which are looked at before anything is sent.</summary>
internal static class PeerUrls
{
    public static IReadOnlyList<string> Read(string commaSeparated)
    {
        var urls = commaSeparated.Split(',');
        foreach (var url in urls)
        {
            if (Problem(url.Trim()) is { } problem)
            {
                throw new CommandFailure(ExitCode.Error, problem);
            }
        }

        return urls;
    }

    private static string? Problem(string url)
    {
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && !IsScheme(url.AsSpan(0, colon)))
        {
            return $"parse {GoQuote.Of(url)}: first path segment in URL cannot contain colon";
        }

        switch (colon < 0 ? "" : url[..colon].ToLowerInvariant())
        {
            case "http" or "https":
                var rest = url.AsSpan(colon + 1);
                rest = rest.StartsWith("//") ? rest[2..] : "";
                var path = rest.IndexOfAny("/?#");
                var host = path < 0 ? rest : rest[..path];
                if (!HasPort(host))
                {
                    return $"URL address does not have the form \"host:port\": {url}";
                }

                return path >= 0 && rest[path] == '/' ? $"URL must not contain a path: {url}" : null;
            case "unix" or "unixs":
                return null;
            default:
                return $"URL scheme must be http, https, unix, or unixs: {url}";
        }
    }

    private static bool IsScheme(ReadOnlySpan<char> text) =>
        text.Length > 0
        && char.IsAsciiLetter(text[0])
        && text.IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") < 0;

    /// <summary>One colon, or one behind the brackets of an IPv6 address.</summary>
    private static bool HasPort(ReadOnlySpan<char> host)
    {
        var bracket = host.LastIndexOf(']');
        var rest = bracket < 0 ? host : host[(bracket + 1)..];
        return rest.Count(':') == 1 && (bracket < 0 || rest[0] == ':');
    }
}
