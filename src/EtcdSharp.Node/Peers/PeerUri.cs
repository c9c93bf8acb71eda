using System.Net;
using System.Net.Sockets;
using System.Text;
using EtcdSharp.Platform.Network;

namespace EtcdSharp.Node.Peers;

/// <summary>
/// From the URL of a member to what <see cref="HttpClient"/> asks. It knows no unix sockets, and keeps its connections by host and port;
/// so the path of a socket becomes a host that no name server knows, and <see cref="ConnectAsync"/> makes a path of it again.
/// </summary>
internal static class PeerUri
{
    /// <summary>The top level for names that never exist (RFC 2606).</summary>
    private const string SocketSuffix = ".unix.invalid";

    /// <summary>A label of a host name has at most 63 characters; this many bytes of a path are 62 digits.</summary>
    private const int LabelBytes = 31;

    /// <summary>What to ask of the member at a URL.</summary>
    /// <exception cref="HttpRequestException">Nothing can be dialled there: the member counts as unreachable.</exception>
    public static Uri Create(string memberUrl, string path)
    {
        if (EtcdUrl.TryParse(memberUrl, out var url) is { } problem)
        {
            throw new HttpRequestException(problem);
        }

        if (url!.Scheme == "unixs")
        {
            throw new HttpRequestException($"{memberUrl} asks for TLS, which is not built yet");
        }

        var origin = url.IsUnixSocket ? "http://" + SocketHost(url.Host) : url.Text;
        return Uri.TryCreate(origin + path, UriKind.Absolute, out var uri)
            ? uri
            : throw new HttpRequestException($"the URL cannot be dialled: {memberUrl}");
    }

    /// <summary>The callback of <see cref="SocketsHttpHandler"/>: a socket file where the host stands for one, else a TCP connection.</summary>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var path = SocketPath(context.DnsEndPoint.Host);
        var socket = path is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            EndPoint endPoint = path is null ? context.DnsEndPoint : new UnixDomainSocketEndPoint(path);
            await socket.ConnectAsync(endPoint, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static string SocketHost(string path)
    {
        var labels = Encoding.UTF8.GetBytes(path).Chunk(LabelBytes).Select(Convert.ToHexStringLower);
        return string.Join('.', labels) + SocketSuffix;
    }

    internal static string? SocketPath(string host) =>
        host.EndsWith(SocketSuffix, StringComparison.Ordinal)
            ? Encoding.UTF8.GetString(
                Convert.FromHexString(host[..^SocketSuffix.Length].Replace(".", "", StringComparison.Ordinal))
            )
            : null;
}
