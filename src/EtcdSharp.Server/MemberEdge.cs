using EtcdSharp.Api.Errors;
using EtcdSharp.Edge.Calls;
using EtcdSharp.Edge.Grpc;
using EtcdSharp.Edge.Http;
using EtcdSharp.Edge.Identity;
using EtcdSharp.Edge.Metrics;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Health;
using EtcdSharp.Grpc.InProcess;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Node.Duties;
using EtcdSharp.Node.Loops;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Server.Configuration;
using EtcdSharp.Server.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server;

/// <summary>Everything of a member that clients touch: its ports, the gRPC services and plain HTTP.</summary>
internal sealed class MemberEdge
{
    private readonly MemberOptions _options;
    private readonly MemberStore _store;
    private readonly MemberNode _node;
    private readonly LeaseKeeper _leases;
    private readonly Authentication _access;
    private readonly ITokens _tokens;
    private readonly MetricsCollector _metrics;
    private readonly HealthService _health = new();
    private readonly ServingStatus _serving;
    private readonly GrpcDispatcher _services;
    private readonly HttpEndpoints _http;
    private readonly RequestDelegate _clientHttp;
    private readonly MemberPorts _ports;
    private readonly InProcessChannel _channel;
    private readonly LeaderRequirement _leaderRequirement;
    private readonly LearnerLimits _learnerLimits;

    public MemberEdge(
        MemberOptions options,
        MemberStore store,
        MemberNode node,
        LeaseKeeper leases,
        Authentication access,
        ITokens tokens,
        MetricsCollector metrics,
        MemberPorts ports,
        FeatureGates gates,
        InProcessChannel channel,
        TimeSpan requestTimeout
    )
    {
        _ports = ports;
        _serving = new ServingStatus(
            _health,
            gates.IsOn("StopGRPCServiceOnDefrag"),
            options.Logging.CreateLogger<ServingStatus>()
        );
        _channel = channel;
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
        _leaderRequirement.Follow(Calls, TimeSpan.FromMilliseconds(options.ElectionMs), TimeProvider.System);
        var state = new MemberHttpState(store, node.Log, requestTimeout);
        var health = new HealthEndpoints(state, options.Instruments.Http, options.Logging.CreateLogger<HealthEndpoints>());
        _http = new HttpEndpoints(state, health, new MetricsEndpoint(metrics, options.Instruments.Http));
        _clientHttp = new AccessController(
            options.Cors,
            options.HostWhitelist,
            _http.ServeAsync,
            options.Logging.CreateLogger<AccessController>()
        ).ServeAsync;
    }

    /// <summary>The methods behind all carriers: gRPC, the channel within the process, and whoever translates another protocol.</summary>
    public CallTable Calls => _services.Calls;

    /// <summary>
    /// Metrics and health at --listen-metrics-urls, from the moment the member runs: a member that waits for its quorum is alive, and
    /// says that it is not ready.
    /// </summary>
    public Task StartMonitoringAsync(CancellationToken cancellation) =>
        _ports.Monitoring?.StartAsync(null, _http.ServeMonitoringAsync, cancellation) ?? Task.CompletedTask;

    /// <summary>Serves clients.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        if (_ports.Clients is { } clients)
        {
            await clients
                .StartAsync(_services, _ports.ClientHttp is null ? _clientHttp : null, cancellation)
                .ConfigureAwait(false);
        }

        if (_ports.ClientHttp is { } http)
        {
            await http.StartAsync(null, _clientHttp, cancellation).ConfigureAwait(false);
        }

        _channel.Serve(Calls);
    }

    /// <summary>Streams end at once, with the status upon which clients look for another member; unary calls may finish.</summary>
    public async Task StopAsync()
    {
        _leaderRequirement.Dispose();
        var stopped = new GrpcStatus(StatusCode.Unavailable, EtcdError.Stopped.Message);
        Calls.EndStreams(stopped);
        await Task.WhenAll(_ports.StopAsync(_options.Drain), _channel.StopAsync(_options.Drain, stopped)).ConfigureAwait(false);
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
            new LargeReads(LargeReads.InFlightBytesMax, TimeProvider.System),
            () => _learnerLimits.IsLearner
        ).Register(services);
        new ClusterService(log, _store.Cluster, _node.Reconfiguration, _access).Register(services);
        new MaintenanceService(
            log,
            _store.Kv,
            _store.Hashes,
            _store.Backend,
            _store.Alarms,
            _store.Quota,
            _store.Cluster,
            new DowngradeService(log, _store.Kv, _store.Cluster, _options.Logging.CreateLogger<DowngradeService>()),
            _serving,
            _access,
            _node.MoveLeaderAsync,
            _options.Logging.CreateLogger<MaintenanceService>()
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
        new LeaseService(_store.Lessor, log, _leases, _access, () => _store.Kv.CurrentRevision).Register(services);
        var own = new OwnRequests(log, _store.Kv, _store.Hub, quota, _access);
        new LockService(own).Register(services);
        new ElectionService(own).Register(services);
        _serving.Serve();
        _health.AddTo(services);
        var serverOptions = new GrpcServerOptions
        {
            MaxReceiveMessageBytes = _options.MaxRequestBytes + GrpcServerOptions.RequestOverheadBytes,
            Metrics = _options.Instruments.Grpc,
            Logger = _options.Logging.CreateLogger("EtcdSharp.Grpc.Server.GrpcDispatcher"),
            Stages =
            [
                new RequestObserver(
                    _metrics,
                    _options.WarningUnaryRequestDuration,
                    _options.Logging.CreateLogger<RequestObserver>()
                ),
                _learnerLimits,
                _leaderRequirement,
                _access,
            ],
        };
        return services.Build(serverOptions);
    }
}
