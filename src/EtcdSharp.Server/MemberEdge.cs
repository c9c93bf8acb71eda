using EtcdSharp.Api.Errors;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Health;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Server.Auth;
using EtcdSharp.Server.Edge.Admission;
using EtcdSharp.Server.Edge.Grpc;
using EtcdSharp.Server.Edge.Http;
using EtcdSharp.Server.Edge.Listening;
using EtcdSharp.Server.Metrics;
using EtcdSharp.Server.Node;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server;

/// <summary>Everything of a member that clients touch: its ports, the gRPC services and plain HTTP.</summary>
internal sealed class MemberEdge
{
    private readonly MemberOptions _options;
    private readonly MemberStore _store;
    private readonly MemberNode _node;
    private readonly LeaseService _leases;
    private readonly Authentication _access;
    private readonly ITokens _tokens;
    private readonly MetricsCollector _metrics;
    private readonly HealthService _health = new();
    private readonly GrpcDispatcher _services;
    private readonly HttpEndpoints _http;
    private readonly List<EdgeHost> _hosts = [];
    private readonly LeaderRequirement _leaderRequirement;
    private readonly LearnerLimits _learnerLimits;

    public MemberEdge(
        MemberOptions options,
        MemberStore store,
        MemberNode node,
        LeaseService leases,
        Authentication access,
        ITokens tokens,
        MetricsCollector metrics
    )
    {
        _access = access;
        _tokens = tokens;
        _leases = leases;
        _options = options;
        _store = store;
        _node = node;
        _metrics = metrics;
        _leaderRequirement = new LeaderRequirement(node.Log);
        _learnerLimits = new LearnerLimits(store.Cluster, node.Log.MemberId);
        _services = BuildServices();
        _leaderRequirement.Follow(_services, TimeSpan.FromMilliseconds(options.ElectionMs), TimeProvider.System);
        var state = new MemberHttpState(store, node.Log);
        var health = new HealthEndpoints(state, options.Logging.CreateLogger<HealthEndpoints>());
        _http = new HttpEndpoints(state, health, metrics);
    }

    /// <summary>Where clients are really served, with the ports that the system chose for port 0.</summary>
    public IReadOnlyList<EdgeUrl> ClientUrls => _hosts.Count == 0 ? [] : _hosts[0].Urls;

    /// <summary>Where plain HTTP is served apart from the client URLs: first --listen-client-http-urls, then --listen-metrics-urls.</summary>
    public IReadOnlyList<EdgeUrl> HttpUrls => [.. _hosts.Skip(1).SelectMany(host => host.Urls)];

    /// <exception cref="IOException">An address cannot be listened on; the message names it.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var apart = _options.ListenClientHttpUrls.Count != 0;
        await ListenAsync(_options.ListenClientUrls, _services, apart ? null : _http.ServeAsync, cancellation)
            .ConfigureAwait(false);
        await ListenAsync(_options.ListenClientHttpUrls, null, _http.ServeAsync, cancellation).ConfigureAwait(false);
        await ListenAsync(_options.ListenMetricsUrls, null, _http.ServeMonitoringAsync, cancellation).ConfigureAwait(false);
    }

    /// <summary>Streams end at once, with the status upon which clients look for another member; unary calls may finish.</summary>
    public async Task StopAsync()
    {
        _leaderRequirement.Dispose();
        _services.EndStreams(new GrpcStatus(StatusCode.Unavailable, EtcdError.Stopped.Message));
        await Task.WhenAll(_hosts.Select(host => host.StopAsync(_options.Drain))).ConfigureAwait(false);
    }

    private async Task ListenAsync(
        IReadOnlyList<string> urls,
        GrpcDispatcher? services,
        RequestDelegate? http,
        CancellationToken cancellation
    )
    {
        if (urls.Count == 0)
        {
            return;
        }

        var edge = new EdgeOptions
        {
            Urls = [.. urls.Select(ParseUrl)],
            Grpc = services,
            Http = http,
            MaxConcurrentStreams = _options.MaxConcurrentStreams,
            KeepAlive = _options.KeepAlive,
            ReuseAddress = _options.SocketReuseAddress,
            ReusePort = _options.SocketReusePort,
            UseTls = _options.UseTls,
            Logging = _options.Logging,
        };
        _hosts.Add(await EdgeHost.StartAsync(edge, cancellation).ConfigureAwait(false));
    }

    private GrpcDispatcher BuildServices()
    {
        var log = _node.Log;
        var services = new GrpcServiceBuilder();
        var quota = new QuotaGuard(_store.Quota, log);
        var kvOptions = new KvServiceOptions
        {
            MaxTxnOperations = _options.MaxTxnOperations,
            MaxRequestBytes = _options.MaxRequestBytes,
        };
        new KvService(
            log,
            _store.Kv,
            _store.Backend,
            quota,
            kvOptions,
            _access,
            _store.Lessor,
            new LargeReads(),
            () => _learnerLimits.IsLearner
        ).Register(services);
        new ClusterService(log, _store.Cluster, _node.Reconfiguration, _access).Register(services);
        new MaintenanceService(
            log,
            _store.Kv,
            _store.Backend,
            _store.Alarms,
            _store.Quota,
            _store.Cluster,
            new DowngradeService(log, _store.Kv, _store.Cluster),
            _access,
            _node.MoveLeaderAsync
        ).Register(services);
        new AuthService(log, _access, _tokens, _store.Passwords, _options.Logging.CreateLogger<AuthService>()).Register(services);
        new WatchService(
            _store.Hub,
            log,
            _access,
            new WatchServiceOptions
            {
                ProgressInterval = _options.WatchProgressInterval,
                FragmentBytesMax = _options.MaxRequestBytes + GrpcServerOptions.RequestOverheadBytes,
                Randomness = _options.Randomness,
                Time = TimeProvider.System,
                Metrics = _options.Instruments.WatchSend,
            }
        ).Register(services);
        _leases.Register(services);
        var own = new OwnRequests(log, _store.Kv, _store.Hub, quota, _access);
        new LockService(own).Register(services);
        new ElectionService(own).Register(services);
        _health.Set("", serving: true);
        _health.AddTo(services);
        var serverOptions = new GrpcServerOptions
        {
            MaxReceiveMessageBytes = _options.MaxRequestBytes + GrpcServerOptions.RequestOverheadBytes,
            Logger = _options.Logging.CreateLogger("EtcdSharp.Grpc.Server.GrpcDispatcher"),
            Interceptors =
            [
                new RequestObserver(
                    _metrics,
                    _options.WarningUnaryRequestDuration,
                    _options.Logging.CreateLogger<RequestObserver>()
                ),
                _learnerLimits,
                _leaderRequirement,
            ],
        };
        return services.Build(serverOptions);
    }

    private static EdgeUrl ParseUrl(string text) =>
        EdgeUrl.TryParse(text, out var url, out var problem) ? url : throw new BootstrapException(problem);
}
