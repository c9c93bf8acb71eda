using System.Net;
using EtcdSharp.Platform.Network;

namespace EtcdSharp.Client;

/// <summary>Finds the members of a cluster by its domain, where SRV records name them.</summary>
public static class DnsDiscovery
{
    private const string Service = "etcd-client";

    /// <summary>
    /// The addresses for clients: those of <c>_etcd-client-ssl._tcp</c> with TLS, those of <c>_etcd-client._tcp</c> without.
    /// </summary>
    /// <param name="domain">The domain.</param>
    /// <param name="name">What comes behind the name of the service, where several clusters share the domain.</param>
    /// <param name="server">The name server to ask; the system's own where null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="InvalidDataException">There are no such records.</exception>
    public static async Task<IReadOnlyList<string>> FindEndpointsAsync(
        string domain,
        string name = "",
        IPEndPoint? server = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(domain);
        ArgumentNullException.ThrowIfNull(name);
        var lookup = new SrvLookup(server is null ? null : [server]);
        var suffix = name.Length == 0 ? "" : $"-{name}";
        var (secure, secureProblem) = await TryAsync($"{Service}-ssl{suffix}", "https");
        var (plain, plainProblem) = await TryAsync($"{Service}{suffix}", "http");
        return secureProblem is not null && plainProblem is not null
            ? throw new InvalidDataException($"dns lookup errors: {secureProblem} and {plainProblem}")
            : [.. secure, .. plain];

        async Task<(IEnumerable<string> Endpoints, string? Problem)> TryAsync(string service, string scheme)
        {
            var (records, problem) = await lookup.FindAsync($"_{service}._tcp.{domain}", cancellationToken);
            return (records.Select(record => $"{scheme}://{record.Target}:{record.Port}"), problem);
        }
    }
}
