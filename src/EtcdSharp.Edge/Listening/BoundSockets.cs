using System.Net;
using System.Net.Sockets;

namespace EtcdSharp.Edge.Listening;

/// <summary>
/// The listening sockets of a host from the moment the addresses are taken until the server accepts on them. Who connects meanwhile
/// waits for the first answer instead of being refused.
/// </summary>
internal sealed class BoundSockets : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<(EndPoint Asked, Socket Socket)> waiting = [];

    /// <exception cref="IOException">The address is in use or cannot be bound; the message names it.</exception>
    public EndPoint? Bind(EdgeUrl url, EdgeOptions options)
    {
        try
        {
            Socket socket = ListenSocket.Bind(url.EndPoint, options);
            lock (gate)
            {
                waiting.Add((url.EndPoint, socket));
            }

            socket.Listen(ListenSocket.Backlog);
            return socket.LocalEndPoint;
        }
        catch (SocketException refused)
        {
            throw new IOException(ListenSocket.Explain(url, refused), refused);
        }
    }

    /// <summary>The socket of an address, which the caller owns from now on; null when it was taken before.</summary>
    public Socket? Take(EndPoint asked)
    {
        lock (gate)
        {
            int index = waiting.FindIndex(pair => pair.Asked.Equals(asked));
            if (index < 0)
            {
                return null;
            }

            Socket socket = waiting[index].Socket;
            waiting.RemoveAt(index);
            return socket;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            waiting.ForEach(static pair => pair.Socket.Dispose());
            waiting.Clear();
        }
    }
}
