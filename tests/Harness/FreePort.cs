using System.Net;
using System.Net.Sockets;

namespace EtcdSharp.Harness;

/// <summary>Loopback ports that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>Below what Linux takes for outgoing connections (32768 and up), above what services use.</summary>
    private const int LastingFirst = 20_000;

    private const int LastingCount = 10_000;

    private static int s_lasting = Random.Shared.Next(LastingCount);

    /// <summary>
    /// The system hands out a port and takes it back at once; it gives the same one again only after all others,
    /// so that a server has it to itself for long enough.
    /// </summary>
    public static int Next() => TryListen(0) ?? throw new SocketException((int)SocketError.AddressNotAvailable);

    /// <summary>
    /// A port that no outgoing connection takes while its server is down: for servers that come back at the same address.
    /// </summary>
    public static int Lasting()
    {
        for (var tries = 0; tries < LastingCount; tries++)
        {
            var place = (uint)Interlocked.Increment(ref s_lasting) % LastingCount;
            if (TryListen(LastingFirst + (int)place) is { } port)
            {
                return port;
            }
        }

        throw new SocketException((int)SocketError.AddressNotAvailable);
    }

    private static int? TryListen(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
