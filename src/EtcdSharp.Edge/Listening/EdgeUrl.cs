using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EtcdSharp.Platform.Network;

namespace EtcdSharp.Edge.Listening;

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
        error = EtcdUrl.TryParse(text, out EtcdUrl? parsed);
        if (error is not null)
        {
            return false;
        }

        bool secure = parsed!.Scheme is "https" or "unixs";
        if (parsed.IsUnixSocket)
        {
            url = new(new UnixDomainSocketEndPoint(parsed.Host), secure, text);
            return true;
        }

        // An empty host is every interface, as in Go.
        string host = parsed.Host switch
        {
            "localhost" => "127.0.0.1",
            "" => "::",
            _ => parsed.Host,
        };
        if (!IPAddress.TryParse(host, out IPAddress? address))
        {
            error = $"expected IP in URL for binding ({text})";
            return false;
        }

        url = new(new IPEndPoint(address, parsed.Port), secure, text);
        return true;
    }

    /// <summary>The same URL with the port that the system chose for port 0.</summary>
    internal EdgeUrl Bound(EndPoint? actual) =>
        actual is IPEndPoint ip && EndPoint is IPEndPoint
            ? new(ip, Secure, string.Create(CultureInfo.InvariantCulture, $"{(Secure ? "https" : "http")}://{ip}"))
            : this;
}
