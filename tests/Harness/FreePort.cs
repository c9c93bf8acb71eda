using System.Net;
using System.Net.Sockets;

namespace EtcdSharp.Harness;

/// <summary>Loopback ports that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>
    /// The system hands out a port and takes it back at once; it gives the same one again only after all others,
    /// so that a server has it to itself for long enough.
    /// </summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
