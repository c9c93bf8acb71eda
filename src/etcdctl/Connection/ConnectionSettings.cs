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
            ConnectTimeout = AtLeastOneMs(global.DialTimeout.Value),
            KeepAliveTime = AtLeastOneMs(global.KeepAliveTime.Value),
            KeepAliveTimeout = AtLeastOneMs(global.KeepAliveTimeout.Value),
            Tls = TlsSettings.Read(global) ?? TlsSettings.OfAddresses(endpoints),
            MaxReceiveMessageBytes =
                global.MaxReceiveBytes.Value > 0 ? (int)Math.Min(global.MaxReceiveBytes.Value, int.MaxValue) : int.MaxValue,
        };
        return new ConnectionSettings(endpoints, read, AtLeastOneMs(global.CommandTimeout.Value));
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

        return options.Endpoints.Select(Balancer.ProblemWith).FirstOrDefault(static problem => problem is not null)
            is { } wrong
            ? throw new CommandFailure(ExitCode.BadConnection, wrong)
            : new EtcdClient(options);
    }

    /// <summary>A view whose calls keep to <c>--command-timeout</c>.</summary>
    public IEtcdClient InTime(IEtcdClient client) => client.WithTimeout(commandTimeout);

    private static TimeSpan AtLeastOneMs(TimeSpan time) =>
        time < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : time;
}
