using EtcdSharp.Edge.Listening;
using EtcdSharp.Node.Bootstrap;

namespace EtcdSharp.Server;

/// <summary>
/// The addresses that a member serves clients and monitoring on. They are taken before its files are opened, as etcd does: an address
/// in use is told before anything is written, and who connects early waits instead of being refused.
/// </summary>
internal sealed class MemberPorts
{
    private MemberPorts(EdgeHost? clients, EdgeHost? clientHttp, EdgeHost? monitoring)
    {
        Clients = clients;
        ClientHttp = clientHttp;
        Monitoring = monitoring;
    }

    /// <summary>--listen-client-urls; null where there are none.</summary>
    public EdgeHost? Clients { get; }

    /// <summary>--listen-client-http-urls; null where the client URLs serve HTTP too.</summary>
    public EdgeHost? ClientHttp { get; }

    /// <summary>--listen-metrics-urls; null where there are none.</summary>
    public EdgeHost? Monitoring { get; }

    private IEnumerable<EdgeHost> All => new[] { Clients, ClientHttp, Monitoring }.OfType<EdgeHost>();

    /// <exception cref="IOException">An address cannot be listened on; the message names it.</exception>
    /// <exception cref="BootstrapException">A URL is none.</exception>
    public static MemberPorts Bind(MemberOptions options, DescriptorBudget descriptors)
    {
        List<EdgeHost?> taken = [];
        MemberPorts? ports = null;
        try
        {
            (IReadOnlyList<string> Urls, ConnectionBudget Connections, bool ServesGrpc)[] wanted =
            [
                (options.ListenClientUrls, descriptors.Clients, true),
                (options.ListenClientHttpUrls, descriptors.Clients, false),
                (options.ListenMetricsUrls, descriptors.Monitoring, false),
            ];
            foreach (var (urls, connections, servesGrpc) in wanted)
            {
                taken.Add(urls.Count == 0 ? null : EdgeHost.Bind(Describe(options, urls, connections, servesGrpc)));
            }

            return ports = new MemberPorts(taken[0], taken[1], taken[2]);
        }
        finally
        {
            if (ports is null)
            {
                foreach (var host in taken.OfType<EdgeHost>())
                {
                    // Nothing is served there yet: to stop only closes the sockets, and waits for nobody.
                    host.StopAsync(TimeSpan.Zero).GetAwaiter().GetResult();
                }
            }
        }
    }

    /// <summary>Running calls may finish for so long; safe to call again.</summary>
    public Task StopAsync(TimeSpan drain) => Task.WhenAll(All.Select(host => host.StopAsync(drain)));

    private static EdgeOptions Describe(
        MemberOptions options,
        IReadOnlyList<string> urls,
        ConnectionBudget connections,
        bool servesGrpc
    ) =>
        new()
        {
            Urls = [.. urls.Select(ParseUrl)],
            Connections = connections,
            ServesGrpc = servesGrpc,
            AllowHalfClose = true,
            MaxConcurrentStreams = options.MaxConcurrentStreams,
            KeepAlive = options.KeepAlive,
            ReuseAddress = options.SocketReuseAddress,
            ReusePort = options.SocketReusePort,
            UseTls = options.UseTls,
            Logging = options.Logging,
        };

    private static EdgeUrl ParseUrl(string text) =>
        EdgeUrl.TryParse(text, out var url, out var problem) ? url : throw new BootstrapException(problem);
}
