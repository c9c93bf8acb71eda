using System.Net;
using System.Net.Sockets;

namespace EtcdSharp.Cluster.Client;

/// <summary>
/// The way of one client to the members. It can be torn, so that calls on their way get no answer, and stand still, so that
/// nothing comes through until it goes on: what was sent meanwhile arrives late, it is not lost.
/// </summary>
internal sealed class ClientWire : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<TcpListener> _listeners = [];
    private readonly HashSet<Socket> _open = [];
    private volatile TaskCompletionSource? _standing;

    public ClientWire(IEnumerable<ClusterMember> members)
    {
        var endpoints = new List<string>();
        foreach (var member in members)
        {
            var listener = new TcpListener(IPAddress.Loopback, FreePort.Lasting());
            listener.Start();
            _listeners.Add(listener);
            endpoints.Add($"http://{listener.LocalEndpoint}");
            _ = AcceptAsync(listener, new IPEndPoint(IPAddress.Loopback, new Uri(member.ClientUrl).Port));
        }

        Endpoints = endpoints;
    }

    public IReadOnlyList<string> Endpoints { get; }

    public void StandStill() => _standing ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn()
    {
        var standing = _standing;
        _standing = null;
        standing?.TrySetResult();
    }

    /// <summary>Ends all connections; new ones are accepted.</summary>
    public void Tear()
    {
        lock (_gate)
        {
            foreach (var socket in _open)
            {
                socket.Dispose();
            }

            _open.Clear();
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }

        GoOn();
        Tear();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync(TcpListener listener, IPEndPoint member)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync();
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = ServeAsync(client, member);
        }
    }

    private async Task ServeAsync(Socket client, IPEndPoint member)
    {
        var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        lock (_gate)
        {
            _open.Add(client);
            _open.Add(upstream);
        }

        try
        {
            await upstream.ConnectAsync(member);
            await Task.WhenAny(CopyAsync(client, upstream), CopyAsync(upstream, client));
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The member is down: the client finds its connection closed.
        }

        lock (_gate)
        {
            _open.Remove(client);
            _open.Remove(upstream);
        }

        client.Dispose();
        upstream.Dispose();
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var read)
            {
                while (_standing is { } standing)
                {
                    await standing.Task;
                }

                await to.SendAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // Either side is gone: the other one is closed by the caller.
        }
    }
}
