using System.Net;
using System.Net.Sockets;

namespace EtcdSharp.Client.Tests.Support;

/// <summary>Stands between client and server and breaks connections as a test wants.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly IPEndPoint server;
    private readonly int port = FreePort.Next();
    private readonly Lock gate = new();
    private readonly List<Socket> open = [];
    private TcpListener? listener;
    private int connections;
    private volatile bool swallowAnswers;
    private TaskCompletionSource requestSeen = new();

    public TcpProxy(string address)
    {
        var uri = new Uri(address);
        server = new IPEndPoint(IPAddress.Loopback, uri.Port);
        Forward();
    }

    /// <summary>How many the client has made.</summary>
    public int Connections => Volatile.Read(ref connections);

    public string Address => $"http://127.0.0.1:{port}";

    /// <summary>Lets everything through.</summary>
    public void Forward()
    {
        lock (gate)
        {
            swallowAnswers = false;
            if (listener is null)
            {
                listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                _ = AcceptAsync(listener);
            }
        }
    }

    /// <summary>Requests go through, answers do not.</summary>
    public void SwallowAnswers()
    {
        swallowAnswers = true;
        requestSeen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Done when something came from the client after answers began to be swallowed.</summary>
    public Task RequestSeenAsync() => requestSeen.Task.WaitAsync(Eventually.Limit);

    /// <summary>Breaks all connections; new ones are accepted.</summary>
    public void Break()
    {
        lock (gate)
        {
            foreach (var socket in open)
            {
                socket.Dispose();
            }

            open.Clear();
        }
    }

    /// <summary>Breaks all connections and refuses new ones.</summary>
    public void Refuse()
    {
        lock (gate)
        {
            listener?.Dispose();
            listener = null;
        }

        Break();
    }

    public ValueTask DisposeAsync()
    {
        Refuse();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync(TcpListener accepting)
    {
        try
        {
            while (true)
            {
                var client = await accepting.AcceptSocketAsync();
                Interlocked.Increment(ref connections);
                var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await upstream.ConnectAsync(server);
                client.NoDelay = true;
                lock (gate)
                {
                    open.Add(client);
                    open.Add(upstream);
                }

                _ = CopyAsync(client, upstream, answers: false);
                _ = CopyAsync(upstream, client, answers: true);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            accepting.Dispose();
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool answers)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var read = await from.ReceiveAsync(buffer);
                if (read == 0)
                {
                    break;
                }

                if (!answers || !swallowAnswers)
                {
                    await to.SendAsync(buffer.AsMemory(0, read));
                }

                if (!answers && swallowAnswers)
                {
                    requestSeen.TrySetResult();
                }
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            from.Dispose();
        }

        from.Dispose();
        to.Dispose();
    }
}
