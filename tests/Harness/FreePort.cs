using System.Net;
using System.Net.Sockets;

namespace EtcdSharp.Harness;

/// <summary>Loopback ports that nobody listens on, and nobody is given until the server that asked for one listens.</summary>
/// <remarks>
/// Not the system's own choice for port 0: it takes those ports back at once and gives the same one again within a few
/// draws, to another test's server or to any client's connection. Two servers then meet on one port, and the tests of
/// both talk to whichever was first. These ports lie below the range that the system draws from, and each process
/// counts through a part of its own, which it holds by listening on the part's first port for as long as it lives.
/// </remarks>
public static class FreePort
{
    private const int First = 10_240;

    /// <summary>More than one run of a test project asks for before the first are free again.</summary>
    private const int PerProcess = 512;

    /// <summary>23 parts end below 22,016, where the fixed ports of some cases and the system's range (from 32,768) are not yet.</summary>
    private const int Parts = 23;

    private static readonly TcpListener s_claim = Claim();
    private static readonly int s_start = ((IPEndPoint)s_claim.LocalEndpoint).Port + 1;
    private static int s_given = Random.Shared.Next(PerProcess);

    public static int Next()
    {
        for (var attempt = 0; attempt < PerProcess - 1; attempt++)
        {
            var port = s_start + ((int)((uint)Interlocked.Increment(ref s_given) % (PerProcess - 1)));
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"all of the {PerProcess} ports from {s_start} on are in use");
    }

    /// <summary>The same, for servers that come back at their address: no outgoing connection takes it while they are down.</summary>
    public static int Lasting() => Next();

    private static TcpListener Claim()
    {
        for (var i = 0; i < Parts; i++)
        {
            var part = (Environment.ProcessId + i) % Parts;
            if (TryListen(First + (part * PerProcess)) is { } claim)
            {
                return claim;
            }
        }

        throw new InvalidOperationException($"all of the {Parts} parts of ports from {First} on are in use");
    }

    private static bool IsFree(int port)
    {
        using var listener = TryListen(port);
        return listener is not null;
    }

    private static TcpListener? TryListen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            listener.Dispose();
            return null;
        }
    }
}
