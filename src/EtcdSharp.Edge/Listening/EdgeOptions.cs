using EtcdSharp.Grpc.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Edge.Listening;

public sealed class EdgeOptions
{
    public required IReadOnlyList<EdgeUrl> Urls { get; init; }

    /// <summary>Serves the gRPC calls; null where these addresses serve plain HTTP only (--listen-metrics-urls).</summary>
    public GrpcDispatcher? Grpc { get; init; }

    /// <summary>Whether gRPC will be served here, which has larger headers; where <see cref="Grpc"/> comes after the addresses are taken.</summary>
    public bool ServesGrpc
    {
        get => field || Grpc is not null;
        init;
    }

    /// <summary>Serves everything that is not gRPC; null answers 404.</summary>
    public RequestDelegate? Http { get; init; }

    /// <summary>
    /// An HTTP/1 client may close its sending side behind its request and still gets the answer. For ports whose requests are short:
    /// a client that goes away is then noticed only when it is written to.
    /// </summary>
    public bool AllowHalfClose { get; init; }

    /// <summary>Calls that one connection may have open at once (--max-concurrent-streams). etcd's default is no limit.</summary>
    public int MaxConcurrentStreams { get; init; } = int.MaxValue;

    /// <summary>Connections that may be open at once, also at other hosts that are given the same; null for no limit.</summary>
    internal ConnectionBudget? Connections { get; init; }

    public KeepAlivePolicy KeepAlive { get; init; } = new();

    /// <summary>Binds even where a connection of an earlier process still lingers (--socket-reuse-address).</summary>
    public bool ReuseAddress { get; init; }

    /// <summary>Shares the port with other processes that ask for the same (--socket-reuse-port).</summary>
    public bool ReusePort { get; init; }

    /// <summary>Puts TLS in front of an https or unixs address. Such an address without it is refused at start.</summary>
    public Action<ListenOptions>? UseTls { get; init; }

    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;
}
