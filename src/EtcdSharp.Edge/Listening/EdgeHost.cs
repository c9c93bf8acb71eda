using EtcdSharp.Grpc.Server;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EtcdSharp.Edge.Listening;

/// <summary>The ports of a member: listens on all its addresses, or on none.</summary>
public sealed class EdgeHost : IAsyncDisposable
{
    // A connection may have this much on its way to the server before the server has read it. gRPC calls of many streams share the
    // connection's window, so it is some large requests wide: 8 x 1.5 MiB, rounded up.
    private const int ConnectionWindowBytes = 16 * 1024 * 1024;

    /// <summary>One stream alone may send one request of the usual largest size without waiting.</summary>
    private const int StreamWindowBytes = 2 * 1024 * 1024;

    /// <summary>
    /// Kestrel refuses the one request whose headers have more, and closes the connection where they have more than twice as much
    /// or where a single one is longer than its own limit, which is therefore twice as much. A gRPC call may keep a quarter of
    /// it, see <see cref="EtcdSharp.Grpc.Server.GrpcServerOptions.MetadataBytesMax"/>: the rest is there so that what is too much
    /// for a call does not cost the connection. Each connection can make the server decode 8 MiB at once, 24 MB with the strings.
    /// </summary>
    private const int HeaderBytesMax = 4 * 1024 * 1024;

    /// <summary>Kestrel counts 32 bytes for each header beside its name and value, so the bytes bound the number.</summary>
    private const int HeaderEntryBytesMin = 32;

    /// <summary>How long a stopping host waits for connections after it has aborted them.</summary>
    private static readonly TimeSpan AbortWaitMax = TimeSpan.FromSeconds(5);

    private readonly KestrelServer server;
    private readonly ServiceProvider services;
    private readonly BlockPool blocks = new();
    private readonly BoundSockets sockets = new();
    private readonly List<EdgeUrl> urls = [];
    private bool stopped;

    private EdgeHost(EdgeOptions options)
    {
        services = new ServiceCollection().AddSingleton(options.Logging).AddLogging().BuildServiceProvider();
        IConnectionListenerFactory transport = new SocketTransportFactory(
            Options.Create(SocketOptions(options)),
            options.Logging
        );
        if (options.Connections is { } budget)
        {
            transport = new BudgetedTransport(transport, budget, options.Logging.CreateLogger<EdgeHost>());
        }

        KestrelServerOptions kestrel = KestrelOptions(options);
        foreach (EdgeUrl url in options.Urls)
        {
            Listen(kestrel, url, transport, options);
        }

        server = new KestrelServer(Options.Create(kestrel), new EdgeTransport(transport), options.Logging);
    }

    /// <summary>The addresses as they are really listened on, with the ports the system chose for port 0.</summary>
    public IReadOnlyList<EdgeUrl> Urls => urls;

    /// <summary>
    /// Takes the addresses: clients may connect from now on and wait until <see cref="StartAsync"/> serves them. Throws
    /// <see cref="IOException"/> where an address is in use or cannot be bound; nothing listens then.
    /// </summary>
    public static EdgeHost Bind(EdgeOptions options)
    {
        EdgeHost host = new(options);
        try
        {
            foreach (EdgeUrl url in options.Urls)
            {
                host.urls.Add(url.Bound(host.sockets.Bind(url, options)));
            }

            return host;
        }
        catch
        {
            host.sockets.Dispose();
            host.server.Dispose();
            host.services.Dispose();
            throw;
        }
    }

    /// <summary>Throws <see cref="IOException"/> where an address is in use or cannot be bound; nothing listens then.</summary>
    public static async Task<EdgeHost> StartAsync(EdgeOptions options, CancellationToken cancellationToken)
    {
        EdgeHost host = Bind(options);
        await host.StartAsync(options.Grpc, options.Http, cancellationToken).ConfigureAwait(false);
        return host;
    }

    /// <summary>Serves who has connected and who will, in place of what the options name.</summary>
    public async Task StartAsync(GrpcDispatcher? grpc, RequestDelegate? http, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(new EdgeApplication(grpc, http), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
            throw;
        }
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
        sockets.Dispose();
        blocks.Dispose();
        await services.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero).ConfigureAwait(false);

    private SocketTransportOptions SocketOptions(EdgeOptions options) =>
        new()
        {
            CreateBoundListenSocket = endPoint => sockets.Take(endPoint) ?? ListenSocket.Bind(endPoint, options),
            Backlog = ListenSocket.Backlog,
            NoDelay = true,
        };

    private KestrelServerOptions KestrelOptions(EdgeOptions options)
    {
        KestrelServerOptions kestrel = new()
        {
            AddServerHeader = false,
            ApplicationServices = services,

            // What terminates TLS in front of a member passes on the scheme that its client used.
            AllowAlternateSchemes = true,

            // A proxy's request names the host in its first line, which then counts (RFC 9112, section 3.2.2).
            AllowHostHeaderOverride = true,
            RequestHeaderEncodingSelector = HostHeaderEncoding.Of,
        };
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;

        // etcd never closes a connection for being idle.
        // Kestrel's clock overflows where the time is infinite, and closes every quiet connection at once.
        limits.KeepAliveTimeout = TimeSpan.FromDays(3650);
        limits.Http2.MaxStreamsPerConnection = options.MaxConcurrentStreams;
        if (options.ServesGrpc)
        {
            // Kestrel insists that a buffer of HTTP/1 could hold all headers; the sockets' own, which hold what comes, are smaller.
            limits.MaxRequestBufferSize = HeaderBytesMax;
            limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
            limits.MaxRequestHeaderCount = HeaderBytesMax / HeaderEntryBytesMin;
            limits.Http2.MaxRequestHeaderFieldSize = 2 * HeaderBytesMax;
        }

        limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
        limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        if (options.KeepAlive.Interval > TimeSpan.Zero)
        {
            limits.Http2.KeepAlivePingDelay = options.KeepAlive.Interval;
            limits.Http2.KeepAlivePingTimeout = options.KeepAlive.Timeout;
        }

        return kestrel;
    }

    private void Listen(KestrelServerOptions kestrel, EdgeUrl url, IConnectionListenerFactory transport, EdgeOptions options)
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
                }
            );
            return;
        }

        SharedPort port = new(url, transport, blocks, options.Logging.CreateLogger<SharedPort>());
        kestrel.Listen(
            new LogicalEndPoint(port, EdgeProtocol.Http1),
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (options.AllowHalfClose)
                {
                    listen.Use(static next => connection => HalfClosedConnection.RunAsync(connection, next));
                }
            }
        );
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
