using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>What the global options and the ETCDCTL_ variables say about the connection.</summary>
internal sealed class ConnectionSettings
{
    private const string VariablePrefix = "ETCDCTL";

    /// <summary>Half a megabyte more than what a server takes by default, so that it is the server that says no.</summary>
    private const int DefaultMaxRequestBytes = 2 * 1024 * 1024;

    private static readonly string[] s_watchVariables = ["ETCDCTL_WATCH_KEY", "ETCDCTL_WATCH_RANGE_END"];

    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_shortestProbe = TimeSpan.FromSeconds(1);

    /// <summary>2^31 - 1 ms, some 24 days: what every timer of the runtime can be set to.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly EtcdClientOptions options;

    private readonly TimeSpan commandTimeout;

    private ConnectionSettings(IReadOnlyList<string> endpoints, EtcdClientOptions options, TimeSpan commandTimeout)
    {
        Endpoints = endpoints;
        this.options = options;
        this.commandTimeout = commandTimeout;
    }

    public IReadOnlyList<string> Endpoints { get; }

    /// <exception cref="CommandFailure">They make no sense together.</exception>
    public static async Task<ConnectionSettings> ReadAsync(GlobalFlags global, CommandContext context)
    {
        var inherited = context.Command.InheritedFlags();
        string[] alsoKnown = context.Command.Name == "watch" ? s_watchVariables : [];
        FlagEnvironment.Apply(VariablePrefix, inherited, alsoKnown, context.Error);
        if (global.Debug.Value)
        {
            foreach (var flag in inherited)
            {
                context.Error.WriteLine($"{FlagEnvironment.VariableOf(VariablePrefix, flag.Name)}={flag.Text}");
            }
        }

        var endpoints = await EndpointDiscovery.EndpointsAsync(global, context.Error);
        var credentials = Credentials.Read(global, context.Streams);
        var read = new EtcdClientOptions
        {
            Endpoints = endpoints,
            User = credentials.User,
            Password = credentials.Password,
            Token = credentials.Token,
            MaxRequestBytes =
                global.MaxRequestBytes.Value > 0
                    ? (int)Math.Min(global.MaxRequestBytes.Value, int.MaxValue)
                    : DefaultMaxRequestBytes,
            ConnectTimeout = Bounded(global.DialTimeout.Value),
            KeepAliveTime = Probe(global.KeepAliveTime.Value),
            KeepAliveTimeout = Probe(global.KeepAliveTimeout.Value),
            Tls = TlsSettings.Read(global) ?? TlsSettings.OfAddresses(endpoints),
            MaxReceiveMessageBytes =
                global.MaxReceiveBytes.Value > 0 ? (int)Math.Min(global.MaxReceiveBytes.Value, int.MaxValue) : int.MaxValue,
        };
        return new ConnectionSettings(endpoints, read, Bounded(global.CommandTimeout.Value));
    }

    /// <exception cref="CommandFailure">One of them is no endpoint.</exception>
    public IEtcdClient Connect(IReadOnlyList<string> endpoints) => Connect(options with { Endpoints = endpoints });

    /// <exception cref="CommandFailure">One of the endpoints is none.</exception>
    public static IEtcdClient Connect(EtcdClientOptions options)
    {
        if (options.Endpoints.Count == 0)
        {
            throw new CommandFailure(ExitCode.BadConnection, "etcdclient: no available endpoints");
        }

        return options.Endpoints.Select(Balancer.ProblemWith).FirstOrDefault(static problem => problem is not null) is { } wrong
            ? throw new CommandFailure(ExitCode.BadConnection, wrong)
            : new EtcdClient(options);
    }

    /// <summary>A view whose calls keep to <c>--command-timeout</c>.</summary>
    public IEtcdClient InTime(IEtcdClient client) => client.WithTimeout(commandTimeout);

    /// <summary>Zero and less are over at once, as they are in etcd; more than a timer can be set to is never over in practice.</summary>
    public static TimeSpan Bounded(TimeSpan time) => Between(s_shortest, time);

    /// <summary>The transport probes once a second at most; etcd's waits ten.</summary>
    public static TimeSpan Probe(TimeSpan time) => Between(s_shortestProbe, time);

    private static TimeSpan Between(TimeSpan least, TimeSpan time) =>
        time < least ? least
        : time > s_longest ? s_longest
        : time;
}
