using System.Buffers;
using System.Net;

namespace EtcdSharp.Platform.Network;

/// <summary>
/// A URL as etcd takes it, in flags and from other members: http or https with a host and a port and nothing else, or unix or unixs with
/// the name of a socket file, relative to the working directory where it does not begin with a slash.
/// </summary>
internal sealed record EtcdUrl(string Scheme, string Host, int Port, string Text)
{
    /// <summary>The address of a unix socket takes 108 bytes with its terminating zero.</summary>
    private const int SocketPathBytesMax = 107;

    /// <summary>What may stand in a host by RFC 3986, apart from the brackets of an IPv6 address. Other scripts are names too.</summary>
    private static readonly SearchValues<char> s_notInHost = SearchValues.Create(" \t\r\n\0\"#%/<>?@[\\]^`{|}\u007f");

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
        return scheme is "unix" or "unixs"
            ? TryParseSocket(scheme, address, text, out url)
            : TryParseAuthority(scheme, address, text, out url);
    }

    private static string? TryParseSocket(string scheme, string path, string text, out EtcdUrl? url)
    {
        url = null;
        if (path.Length == 0)
        {
            return $"unix socket URL names no file: {text}";
        }

        if (path.AsSpan().ContainsAny('\0', '\n', '\r'))
        {
            return $"invalid character in the file name of a unix socket URL: {text}";
        }

        if (System.Text.Encoding.UTF8.GetByteCount(path) > SocketPathBytesMax)
        {
            return $"the file name of a unix socket has at most {SocketPathBytesMax} bytes: {text}";
        }

        url = new EtcdUrl(scheme, path, 0, $"{scheme}://{path}");
        return null;
    }

    private static string? TryParseAuthority(string scheme, string address, string text, out EtcdUrl? url)
    {
        url = null;
        if (address.Contains('/', StringComparison.Ordinal))
        {
            return $"URL must not contain a path: {text}";
        }

        var portColon = address.LastIndexOf(':');
        if (portColon < 0 || address.EndsWith(']') || !TryParsePort(address.AsSpan(portColon + 1), out var port))
        {
            return $"URL address does not have the form \"host:port\": {text}";
        }

        var host = address[..portColon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            if (!IPAddress.TryParse(host, out var ip) || ip.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
            {
                return $"invalid IPv6 address in URL: {text}";
            }
        }
        else if (host.Contains(':', StringComparison.Ordinal))
        {
            return $"URL address does not have the form \"host:port\": {text}";
        }
        else if (host.AsSpan().ContainsAny(s_notInHost))
        {
            return $"invalid character in host name: {text}";
        }

        url = new EtcdUrl(scheme, host, port, $"{scheme}://{address}");
        return null;
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(
            text,
            System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture,
            out port
        );
}
