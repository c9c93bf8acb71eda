using System.Net;
using System.Net.Sockets;

namespace EtcdSharp.Server.Edge.Listening;

/// <summary>Makes the socket of one address.</summary>
internal static class ListenSocket
{
    /// <summary>Connections that may wait to be accepted: a thousand clients that come back at once after a restart.</summary>
    public const int Backlog = 1024;

    public static Socket Bind(EndPoint endPoint, EdgeOptions options)
    {
        bool unix = endPoint is UnixDomainSocketEndPoint;
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (unix)
            {
                RemoveStale(endPoint.ToString()!);
            }
            else
            {
                Prepare(socket, (IPEndPoint)endPoint, options);
            }

            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Why an address cannot be listened on, for whoever starts the member.</summary>
    public static string Explain(EdgeUrl url, SocketException refused) =>
        refused.SocketErrorCode == SocketError.AddressAlreadyInUse
            ? $"cannot listen on {url.Text}: another process has the address; stop it or choose another"
            : $"cannot listen on {url.Text}: {refused.Message}";

    /// <summary>A socket file outlives its process and would refuse the next one; the data directory's lock tells members apart.</summary>
    private static void RemoveStale(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    private static void Prepare(Socket socket, IPEndPoint endPoint, EdgeOptions options)
    {
        if (endPoint.Address.Equals(IPAddress.IPv6Any))
        {
            socket.DualMode = true;
        }

        // The runtime sets SO_REUSEADDR on every listening socket of a Unix system by itself, and takes this option to mean
        // SO_REUSEPORT besides.
        if (options.ReusePort)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        }
    }
}
