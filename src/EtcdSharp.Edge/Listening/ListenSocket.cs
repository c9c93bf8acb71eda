using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using EtcdSharp.Platform.Linux;

namespace EtcdSharp.Edge.Listening;

/// <summary>Makes the socket of one address.</summary>
internal static class ListenSocket
{
    /// <summary>Connections that may wait to be accepted: a thousand clients that come back at once after a restart.</summary>
    public const int Backlog = 1024;

    private const int OpenNonBlocking = 0x800;

    /// <summary>The error number of opening a socket file: no such device or address.</summary>
    private const int NoDevice = 6;

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

    /// <summary>
    /// The socket file of a process that was killed outlives it and would refuse the next one. One that somebody listens at stays, and
    /// so does what is no socket.
    /// </summary>
    private static void RemoveStale(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        if (!IsSocket(path))
        {
            throw new IOException(
                $"cannot listen on the unix socket {path}: the file is there and is no socket; remove it or choose another"
            );
        }

        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException busy) when (busy.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain)
        {
            // Somebody listens, and more wait there than it takes.
        }

        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    /// <summary>No file system call of .NET tells; a socket is what can be opened by no means at all.</summary>
    private static bool IsSocket(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        int descriptor = Libc.Open(path, Libc.OpenReadOnly | OpenNonBlocking | Libc.OpenCloseOnExec, 0);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError() == NoDevice;
        }

        _ = Libc.Close(descriptor);
        return false;
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
