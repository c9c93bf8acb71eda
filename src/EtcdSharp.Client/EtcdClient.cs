using System.Net;
using System.Net.Security;

namespace EtcdSharp.Client;

/// <summary>Talks to etcd. One per process is enough; dispose it at the end.</summary>
public sealed class EtcdClient : IEtcdClient
{
    private readonly ClientCore core;
    private readonly CallSettings settings;
    private readonly bool owner;

    /// <summary>From a connection string, see <see cref="EtcdClientOptions.Parse"/>.</summary>
    public EtcdClient(string connectionString)
        : this(EtcdClientOptions.Parse(connectionString)) { }

    /// <summary>From options. Connects when it is first used.</summary>
    public EtcdClient(EtcdClientOptions options)
        : this(
            new ClientCore(options),
            new CallSettings { Timeout = options.Timeout, Prefix = KeyPrefix.None.Inside(options.Namespace) },
            owner: true
        ) { }

    /// <summary>
    /// From the domain of the cluster, where SRV records name its members: see <see cref="DnsDiscovery"/>. They are looked up
    /// once. Members with TLS must have a certificate for the domain, or for the host that the options' TLS names.
    /// </summary>
    /// <param name="domain">The domain.</param>
    /// <param name="options">All but the endpoints.</param>
    /// <param name="name">What comes behind the name of the service, where several clusters share the domain.</param>
    /// <param name="server">The name server to ask; the system's own where null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="InvalidDataException">There are no such records.</exception>
    public static async Task<EtcdClient> FromDomainAsync(
        string domain,
        EtcdClientOptions? options = null,
        string name = "",
        IPEndPoint? server = null,
        CancellationToken cancellationToken = default
    )
    {
        var endpoints = await DnsDiscovery.FindEndpointsAsync(domain, name, server, cancellationToken);
        var tls = options?.Tls ?? new SslClientAuthenticationOptions();

        // Who can forge the answer of a name server must not choose whose certificate is taken.
        tls.TargetHost ??= domain;
        return new EtcdClient((options ?? new EtcdClientOptions()) with { Endpoints = endpoints, Tls = tls });
    }

    private EtcdClient(ClientCore core, CallSettings settings, bool owner)
    {
        this.core = core;
        this.settings = settings;
        this.owner = owner;
        Kv = new KvClient(core.Caller, settings);
        Watch = new WatchClient(settings.RequireLeader ? core.WatchesWithLeader : core.Watches, settings);
        Lease = new LeaseClient(core.Caller, settings, core.Leases);
        Cluster = new ClusterClient(core.Caller, settings);
        Maintenance = new MaintenanceClient(core.Caller, settings);
        Auth = new AuthClient(core.Caller, settings);
    }

    /// <inheritdoc/>
    public IKvClient Kv { get; }

    /// <inheritdoc/>
    public IWatchClient Watch { get; }

    /// <inheritdoc/>
    public ILeaseClient Lease { get; }

    /// <inheritdoc/>
    public IClusterClient Cluster { get; }

    /// <inheritdoc/>
    public IMaintenanceClient Maintenance { get; }

    /// <inheritdoc/>
    public IAuthClient Auth { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Endpoints => core.Caller.Balancer.Endpoints;

    /// <inheritdoc/>
    public IEtcdClient InNamespace(EtcdBytes prefix) => View(settings with { Prefix = settings.Prefix.Inside(prefix) });

    /// <inheritdoc/>
    public IEtcdClient WithTimeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        return View(settings with { Timeout = timeout });
    }

    /// <inheritdoc/>
    public IEtcdClient WithRequiredLeader() => View(settings with { RequireLeader = true });

    /// <inheritdoc/>
    public IEtcdClient WithOrderedReads() => View(settings with { Guard = settings.Guard ?? new RevisionGuard() });

    /// <summary>
    /// Ends all watches, leaves kept leases to their time and closes the connections. Of a view: nothing, it ends with the
    /// client that it was taken of.
    /// </summary>
    public ValueTask DisposeAsync() => owner ? core.DisposeAsync() : ValueTask.CompletedTask;

    private EtcdClient View(CallSettings changed) => new(core, changed, owner: false);
}
