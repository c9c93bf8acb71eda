using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Platform.Network;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Discovery;

/// <summary>
/// The first members of a cluster from the SRV records of a domain (--discovery-srv): _etcd-server-ssl._tcp for members
/// with TLS and _etcd-server._tcp for those without.
/// </summary>
internal sealed class SrvDiscovery(string domain, string serviceName, SrvLookup lookup, ILogger logger)
{
    private const string Service = "etcd-server";

    /// <summary>Pairs of name and peer URL. The member itself is the one whose address is that of its own peer URL.</summary>
    /// <exception cref="BootstrapException">No record is found, or none is of this member.</exception>
    public async Task<IReadOnlyList<(string Name, string PeerUrl)>> FindAsync(
        string name,
        IReadOnlyList<string> peerUrls,
        CancellationToken cancellation
    )
    {
        var own = new Dictionary<IPEndPoint, Uri>();
        foreach (var url in peerUrls.Select(text => new Uri(text)))
        {
            foreach (var address in await AddressesAsync(url.Host, cancellation).ConfigureAwait(false))
            {
                own.TryAdd(new IPEndPoint(address, url.Port), url);
            }
        }

        var suffix = serviceName.Length == 0 ? "" : "-" + serviceName;
        var (secure, secureProblem) = await FindAsync($"{Service}-ssl{suffix}", "https", name, own, cancellation)
            .ConfigureAwait(false);
        var (plain, plainProblem) = await FindAsync($"{Service}{suffix}", "http", name, own, cancellation).ConfigureAwait(false);
        List<(string Name, string PeerUrl)> found = [.. secure, .. plain];
        if (found.Count == 0)
        {
            throw new BootstrapException($"{secureProblem}; {plainProblem}");
        }

        DiscoveryLog.FoundByDns(logger, domain, string.Join(',', found.Select(member => $"{member.Name}={member.PeerUrl}")));
        return found.Exists(member => member.Name == name)
            ? found
            : throw new BootstrapException($"cannot find local etcd member \"{name}\" in SRV records");
    }

    private async Task<(List<(string Name, string PeerUrl)> Members, string? Problem)> FindAsync(
        string service,
        string scheme,
        string name,
        Dictionary<IPEndPoint, Uri> own,
        CancellationToken cancellation
    )
    {
        var members = new List<(string, string)>();
        var (records, problem) = await lookup.FindAsync($"_{service}._tcp.{domain}", cancellation).ConfigureAwait(false);
        var unnamed = 0;
        foreach (var record in records)
        {
            var addresses = await AddressesAsync(record.Target, cancellation).ConfigureAwait(false);
            if (addresses.Length == 0)
            {
                problem = $"lookup {record.Target}: no such host";
                continue;
            }

            var url = string.Create(CultureInfo.InvariantCulture, $"{scheme}://{record.Target}:{record.Port}");
            var self = addresses
                .Select(address => own.GetValueOrDefault(new IPEndPoint(address, record.Port)))
                .FirstOrDefault(one => one is not null);
            if (self is not null && self.Scheme != scheme)
            {
                problem =
                    $"bootstrap at {url} from DNS for {service} has scheme mismatch with expected peer {self.OriginalString}";
                continue;
            }

            // The names of the others are not known here and do not matter: members are told apart by their URLs.
            members.Add((self is not null ? name : (unnamed++).ToString(CultureInfo.InvariantCulture), url));
        }

        return (members, members.Count == 0 ? $"error querying DNS SRV records for _{service} {problem}" : null);
    }

    private static async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellation)
    {
        try
        {
            return IPAddress.TryParse(host, out var address)
                ? [address]
                : await System.Net.Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
