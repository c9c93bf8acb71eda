using System.Net;

namespace EtcdSharp.Server.Configuration;

/// <summary>A URL as etcd's flags take it: a scheme of http, https, unix or unixs and a host with a port, no path.</summary>
internal sealed record EtcdUrl(string Scheme, string Host, int Port, string Text)
{
    public bool IsUnixSocket => Scheme is "unix" or "unixs";

    public override string ToString() => Text;

    /// <summary>The error for a list of URLs separated by commas, or null when all are right.</summary>
    public static string? CheckList(string text)
    {
        foreach (var part in Split(text))
        {
            if (TryParse(part, out _) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    public static IReadOnlyList<EtcdUrl> ParseList(string text)
    {
        var urls = new List<EtcdUrl>();
        foreach (var part in Split(text))
        {
            if (TryParse(part, out var url) is { } error)
            {
                throw new FormatException(error);
            }

            if (!urls.Contains(url!))
            {
                urls.Add(url!);
            }
        }

        urls.Sort((left, right) => string.CompareOrdinal(left.Text, right.Text));
        return urls;
    }

    /// <summary>What is wrong with a URL to listen on, or null: etcd wants an address there, not a name that must be looked up.</summary>
    public string? CheckBind() =>
        IsUnixSocket || Host == "localhost" || IPAddress.TryParse(Host, out _)
            ? null
            : $"expected IP in URL for binding ({Text})";

    private static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>What is wrong with the text, or null and the URL.</summary>
    public static string? TryParse(string text, out EtcdUrl? url)
    {
        url = null;
        var colon = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : text[..colon];
        if (scheme is not ("http" or "https" or "unix" or "unixs"))
        {
            return $"URL scheme must be http, https, unix, or unixs: {text}";
        }

        var address = text[(colon + 3)..].TrimEnd('/');
        if (scheme is "unix" or "unixs")
        {
            url = new EtcdUrl(scheme, address, 0, $"{scheme}://{address}");
            return address.Length == 0 ? $"unix socket URL names no file: {text}" : null;
        }

        if (address.Contains('/', StringComparison.Ordinal))
        {
            return $"URL must not contain a path: {text}";
        }

        var portColon = address.LastIndexOf(':');
        if (portColon < 0 || address.EndsWith(']') || !ushort.TryParse(address[(portColon + 1)..], out var port))
        {
            return $"URL address does not have the form \"host:port\": {text}";
        }

        var host = address[..portColon].TrimStart('[').TrimEnd(']');
        url = new EtcdUrl(scheme, host, port, $"{scheme}://{address}");
        return null;
    }
}
