using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EtcdSharp.Server.Edge.Listening;

/// <summary>The ports of a member: listens on all its addresses, or on none.</summary>
public sealed class EdgeHost : IAsyncDisposable
{
    // A connection may have this much on its way to the server before the server has read it. gRPC calls of many streams share the
    // connection's window, so it is some large requests wide: 8 x 1.5 MiB, rounded up.
    private const int ConnectionWindowBytes = 16 * 1024 * 1024;

    /// <summary>One stream alone may send one request of the usual largest size without waiting.</summary>
    private const int StreamWindowBytes = 2 * 1024 * 1024;

    /// <summary>How long a stopping host waits for connections after it has aborted them.</summary>
    private static readonly TimeSpan AbortWaitMax = TimeSpan.FromSeconds(5);

    private readonly KestrelServer server;
    private readonly ServiceProvider services;
    private readonly BlockPool blocks = new();
    private readonly List<SharedPort> shared = [];
    private readonly List<ListenOptions> secured = [];
    private readonly List<EdgeUrl> urls = [];
    private bool stopped;

    private EdgeHost(EdgeOptions options)
    {
        services = new ServiceCollection().AddSingleton(options.Logging).AddLogging().BuildServiceProvider();
        SocketTransportFactory sockets = new(Options.Create(SocketOptions(options)), options.Logging);
        KestrelServerOptions kestrel = KestrelOptions(options);
        foreach (EdgeUrl url in options.Urls)
        {
            Listen(kestrel, url, sockets, options);
        }

        server = new KestrelServer(Options.Create(kestrel), new EdgeTransport(sockets), options.Logging);
    }

    /// <summary>The addresses as they are really listened on, with the ports the system chose for port 0.</summary>
    public IReadOnlyList<EdgeUrl> Urls => urls;

    /// <summary>Throws <see cref="IOException"/> where an address is in use or cannot be bound; nothing listens then.</summary>
    public static async Task<EdgeHost> StartAsync(EdgeOptions options, CancellationToken cancellationToken)
    {
        EdgeHost host = new(options);
        try
        {
            await host
                .server.StartAsync(new EdgeApplication(options.Grpc, options.Http), cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            await host.StopAsync(TimeSpan.Zero).ConfigureAwait(false);
            throw;
        }

        host.urls.AddRange(host.shared.Select(static port => port.Url.Bound(port.Bound)));
        host.urls.AddRange(
            host.secured.Zip(options.Urls.Where(static url => url.Secure), static (listen, url) => url.Bound(listen.EndPoint))
        );
        return host;
    }

    /// <summary>
    /// Accepts nothing any more, asks the clients to go (GOAWAY), lets running calls finish for so long, and then cuts what is left.
    /// </summary>
    public async Task StopAsync(TimeSpan drain)
    {
        if (stopped)
        {
            return;
        }

        stopped = true;
        using CancellationTokenSource enough = new(drain);
        await server.StopAsync(enough.Token).WaitAsync(drain + AbortWaitMax).ConfigureAwait(false);
        server.Dispose();
        blocks.Dispose();
        await services.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero).ConfigureAwait(false);

    private static SocketTransportOptions SocketOptions(EdgeOptions options) =>
        new()
        {
            CreateBoundListenSocket = endPoint => ListenSocket.Bind(endPoint, options),
            Backlog = ListenSocket.Backlog,
            NoDelay = true,
        };

    private KestrelServerOptions KestrelOptions(EdgeOptions options)
    {
        KestrelServerOptions kestrel = new() { AddServerHeader = false, ApplicationServices = services };
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;

        // etcd never closes a connection for being idle.
        // Kestrel's clock overflows where the time is infinite, and closes every quiet connection at once.
        limits.KeepAliveTimeout = TimeSpan.FromDays(3650);
        limits.Http2.MaxStreamsPerConnection = options.MaxConcurrentStreams;
        limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
        limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        if (options.KeepAlive.Interval > TimeSpan.Zero)
        {
            limits.Http2.KeepAlivePingDelay = options.KeepAlive.Interval;
            limits.Http2.KeepAlivePingTimeout = options.KeepAlive.Timeout;
        }

        return kestrel;
    }

    private void Listen(KestrelServerOptions kestrel, EdgeUrl url, IConnectionListenerFactory sockets, EdgeOptions options)
    {
        if (url.Secure)
        {
            Action<ListenOptions> tls =
                options.UseTls
                ?? throw new ArgumentException($"{url.Text} needs a certificate and none is configured", nameof(options));
            kestrel.Listen(
                url.EndPoint,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    tls(listen);
                    secured.Add(listen);
                }
            );
            return;
        }

        SharedPort port = new(url, sockets, blocks, options.Logging.CreateLogger<SharedPort>());
        shared.Add(port);
        kestrel.Listen(new LogicalEndPoint(port, EdgeProtocol.Http1), static listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.Listen(
            new LogicalEndPoint(port, EdgeProtocol.Http2),
            listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (options.KeepAlive.MinTime > TimeSpan.Zero)
                {
                    listen.Use(next => connection => KeepAliveEnforcement.RunAsync(connection, options.KeepAlive, next));
                }
            }
        );
    }
}
