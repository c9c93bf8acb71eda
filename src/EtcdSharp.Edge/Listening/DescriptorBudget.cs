using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform.Linux;

namespace EtcdSharp.Edge.Listening;

/// <summary>
/// How the file descriptors of the process are shared out, so that nobody who connects can take those of the log and the
/// store: all but <see cref="Reserved"/> are for connections, an eighth of them for other members, a sixteenth for monitoring,
/// the rest for clients. Whoever fills one port leaves the others alone.
/// </summary>
/// <param name="Clients">Connections that clients may have at once, at all addresses together.</param>
/// <param name="Peers">Connections that other members may have at once.</param>
/// <param name="Monitoring">Connections at <c>--listen-metrics-urls</c>.</param>
internal sealed record DescriptorBudget(ConnectionBudget Clients, ConnectionBudget Peers, ConnectionBudget Monitoring)
{
    /// <summary>
    /// etcd keeps 150 back for files of the log, the store and snapshots and for its connections to other members. The runtime
    /// has two open for each of some 55 assemblies, and ten pipes and devices, which together with what a quiet member has
    /// open of its own are 124; the rest of 140 is for assemblies that are loaded later.
    /// </summary>
    public const int Reserved = 150 + 140;

    private const int PeerShare = 8;
    private const int MonitoringShare = 16;

    /// <summary>What is left for connections must at least let a client, a peer and a probe in.</summary>
    private const int ConnectionsMin = MonitoringShare;

    /// <exception cref="BootstrapException">The limit is so low that nobody could connect.</exception>
    public static DescriptorBudget OfThisProcess() =>
        Of(OperatingSystem.IsLinux() ? FileDescriptors.ReadLimit() ?? long.MaxValue : long.MaxValue);

    /// <exception cref="BootstrapException">The limit is so low that nobody could connect.</exception>
    public static DescriptorBudget Of(long limit)
    {
        var connections = limit - Reserved;
        if (connections < ConnectionsMin)
        {
            throw new BootstrapException(
                $"file descriptor limit of etcd process is too low; please set higher: the limit is {limit}, "
                    + $"the least is {Reserved + ConnectionsMin}"
            );
        }

        var peers = connections / PeerShare;
        var monitoring = connections / MonitoringShare;
        return new(new(connections - peers - monitoring), new(peers), new(monitoring));
    }
}
