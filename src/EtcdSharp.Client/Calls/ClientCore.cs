using EtcdSharp.Grpc.Client;

namespace EtcdSharp.Client;

/// <summary>What all views of one client share: connections, token, streams.</summary>
internal sealed class ClientCore : IAsyncDisposable
{
    private readonly CancellationTokenSource closed = new();
    private readonly TokenSource tokens;
    private readonly Balancer balancer;
    private int disposed;

    public ClientCore(EtcdClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.AttemptsMax < 1)
        {
            throw new ArgumentException($"{options.AttemptsMax} attempts are too few to make a call", nameof(options));
        }

        var connections = new GrpcChannelOptions
        {
            MultipleConnections = true,
            MaxReceiveMessageBytes = options.MaxReceiveMessageBytes,
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAliveTime,
            KeepAlivePingTimeout = options.KeepAliveTimeout,
            Tls = options.Tls,
        };
        balancer = options.Channel is { } channel
            ? new Balancer(channel, connections)
            : new Balancer(options.Endpoints, connections);
        tokens = new TokenSource(options.User, options.Password, options.Token);
        Caller = new Caller(balancer, tokens, options.AttemptsMax, options.MaxRequestBytes);
        Watches = new WatchStream(Caller, requireLeader: false, closed.Token);
        WatchesWithLeader = new WatchStream(Caller, requireLeader: true, closed.Token);
        Leases = new LeaseKeeper(Caller, closed.Token);
    }

    public Caller Caller { get; }

    public WatchStream Watches { get; }

    public WatchStream WatchesWithLeader { get; }

    public LeaseKeeper Leases { get; }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await closed.CancelAsync();
        await Task.WhenAll(Watches.Running, WatchesWithLeader.Running, Leases.Running);
        balancer.Dispose();
        tokens.Dispose();
        closed.Dispose();
    }
}
