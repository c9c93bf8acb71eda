using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EtcdSharp.Server.Edge.Listening;

/// <summary>One address to listen on, as --listen-client-urls writes it: http, https, unix or unixs.</summary>
public sealed record EdgeUrl
{
    private EdgeUrl(EndPoint endPoint, bool secure, string text)
    {
        EndPoint = endPoint;
        Secure = secure;
        Text = text;
    }

    public EndPoint EndPoint { get; }

    /// <summary>Whether TLS is spoken there.</summary>
    public bool Secure { get; }

    public string Text { get; }

    /// <summary>
    /// As etcd reads a listening URL: host and port both given, the host an IP address or <c>localhost</c>, no path. A unix URL names
    /// its socket file, relative to the working directory where it does not begin with a slash.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out EdgeUrl? url, [NotNullWhen(false)] out string? error)
    {
        url = null;
        int colon = text.IndexOf("://", StringComparison.Ordinal);
        string scheme = colon < 0 ? string.Empty : text[..colon];
        if (scheme is not ("http" or "https" or "unix" or "unixs"))
        {
            error = $"URL scheme must be http, https, unix, or unixs: {text}";
            return false;
        }

        string rest = text[(colon + 3)..];
        bool secure = scheme is "https" or "unixs";
        if (scheme is "unix" or "unixs")
        {
            error = rest.Length == 0 ? $"URL names no socket: {text}" : null;
            url = error is null ? new(new UnixDomainSocketEndPoint(rest), secure, text) : null;
            return error is null;
        }

        error = ParseHost(rest, text, out IPEndPoint? endPoint);
        url = error is null ? new(endPoint!, secure, text) : null;
        return error is null;
    }

    /// <summary>The same URL with the port that the system chose for port 0.</summary>
    internal EdgeUrl Bound(EndPoint? actual) =>
        actual is IPEndPoint ip && EndPoint is IPEndPoint
            ? new(ip, Secure, string.Create(CultureInfo.InvariantCulture, $"{(Secure ? "https" : "http")}://{ip}"))
            : this;

    private static string? ParseHost(string rest, string text, out IPEndPoint? endPoint)
    {
        endPoint = null;
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && slash != rest.Length - 1)
        {
            return $"URL must not contain a path: {text}";
        }

        string authority = slash < 0 ? rest : rest[..slash];
        int port = authority.LastIndexOf(':');
        if (
            port < 0
            || !ushort.TryParse(authority[(port + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
        )
        {
            return $"URL address does not have the form \"host:port\": {text}";
        }

        string host = authority[..port].Trim('[', ']');
        if (string.Equals(host, "localhost", StringComparison.Ordinal))
        {
            host = "127.0.0.1";
        }

        // An empty host is every interface, as in Go.
        if (!IPAddress.TryParse(host.Length == 0 ? "::" : host, out IPAddress? address))
        {
            return $"expected IP in URL for binding ({text})";
        }

        endPoint = new(address, number);
        return null;
    }
}
