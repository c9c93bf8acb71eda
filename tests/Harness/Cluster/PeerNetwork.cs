using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EtcdSharp.Harness;

/// <summary>
/// A proxy in front of every member's peer port, which knows who calls: links can be cut in one direction or both,
/// slowed down, and their connections torn. Bytes on a link that is cut wait, as they do in TCP when packets are lost.
/// </summary>
public sealed class PeerNetwork : IDisposable
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>More than the links between five members.</summary>
    private const int ThreadsMin = 32;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, (TcpListener Listener, int Port, int PeerPort)> _proxies = new(
        StringComparer.Ordinal
    );
    private readonly ConcurrentDictionary<string, int> _processes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string From, string To), PeerLink> _links = new();
    private readonly ConcurrentDictionary<Socket, (string From, string To)> _connections = new();

    private readonly SocketOwner _owner;

    public PeerNetwork()
    {
        // Finding out who calls blocks a thread for a while, and all members call at once when connections were torn. What
        // other links carry must not wait for that.
        ThreadPool.SetMinThreads(ThreadsMin, ThreadsMin);
        _owner = new SocketOwner(() => _processes.Select(pair => (pair.Key, pair.Value)));
    }

    /// <summary>Holds what goes from one member to the other, connections of both.</summary>
    public void Cut(string from, string to) => Link(from, to).Hold();

    /// <summary>Holds everything between the two groups.</summary>
    public void Part(IEnumerable<string> one, IEnumerable<string> other)
    {
        var others = other.ToList();
        foreach (var a in one)
        {
            foreach (var b in others)
            {
                Cut(a, b);
                Cut(b, a);
            }
        }
    }

    public void Slow(TimeSpan delay)
    {
        foreach (var a in _proxies.Keys)
        {
            foreach (var b in _proxies.Keys)
            {
                Link(a, b).Delay = delay;
            }
        }
    }

    /// <summary>Lets everything through again at once.</summary>
    /// <param name="tear">Whether the connections that were held end instead of going on.</param>
    public void Heal(bool tear)
    {
        if (tear)
        {
            Tear();
        }

        foreach (var link in _links.Values)
        {
            link.Delay = TimeSpan.Zero;
            link.Open();
        }
    }

    /// <summary>Ends all connections between members.</summary>
    public void Tear()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Dispose();
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        foreach (var name in _proxies.Keys)
        {
            Remove(name);
        }

        Tear();
        _stopping.Dispose();
    }

    /// <summary>The port at which the others reach the member.</summary>
    internal int Add(string name, int peerPort)
    {
        var port = FreePort.Lasting();
        _proxies[name] = (Listen(name, port, peerPort), port, peerPort);
        return port;
    }

    internal void Remove(string name)
    {
        lock (_gate)
        {
            if (_proxies.TryRemove(name, out var proxy))
            {
                proxy.Listener.Dispose();
            }

            _processes.TryRemove(name, out _);
        }
    }

    internal void ProcessIs(string name, int? processId)
    {
        lock (_gate)
        {
            _processes[name] = processId ?? 0;
            if (_proxies.TryGetValue(name, out var proxy) && !proxy.Listener.Server.IsBound)
            {
                _proxies[name] = proxy with { Listener = Listen(name, proxy.Port, proxy.PeerPort) };
            }
        }
    }

    /// <summary>Where no process listens, connections are refused: by the proxy too.</summary>
    internal void ProcessEnded(string name, int processId)
    {
        lock (_gate)
        {
            if (
                _processes.TryGetValue(name, out var present)
                && present == processId
                && _proxies.TryGetValue(name, out var proxy)
            )
            {
                proxy.Listener.Stop();
            }
        }
    }

    private TcpListener Listen(string name, int port, int peerPort)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        _ = AcceptAsync(name, listener, peerPort);
        return listener;
    }

    private PeerLink Link(string from, string to) => _links.GetOrAdd((from, to), static _ => new PeerLink());

    private async Task AcceptAsync(string name, TcpListener listener, int peerPort)
    {
        try
        {
            while (true)
            {
                var accepted = await listener.AcceptSocketAsync(_stopping.Token);
                _ = Task.Run(() => CarryAsync(accepted, name, peerPort));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            return;
        }
    }

    private async Task CarryAsync(Socket accepted, string to, int peerPort)
    {
        using var near = accepted;
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        try
        {
            var caller = ((IPEndPoint)near.RemoteEndPoint!).Port;
            if (_owner.Find(caller) is not { } from)
            {
                // Who calls must be known, or a cut link would leak. The caller comes again.
                return;
            }

            var there = Link(from, to);
            var back = Link(to, from);
            _connections[near] = (from, to);
            await there.PassAsync(_stopping.Token);
            await back.PassAsync(_stopping.Token);
            await far.ConnectAsync(IPAddress.Loopback, peerPort, _stopping.Token);
            await Task.WhenAny(PumpAsync(near, far, there), PumpAsync(far, near, back));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // One of the two has gone: the other sees its connection end.
            return;
        }
        finally
        {
            _connections.TryRemove(near, out _);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, PeerLink link)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (true)
            {
                var received = await from.ReceiveAsync(buffer, _stopping.Token);
                await link.PassAsync(_stopping.Token);
                if (received == 0)
                {
                    to.Shutdown(SocketShutdown.Send);
                    return;
                }

                for (var sent = 0; sent < received; )
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, received - sent), _stopping.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            return;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
