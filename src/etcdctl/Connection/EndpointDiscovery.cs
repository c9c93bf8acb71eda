using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>Where the members are: what DNS says of the domain in <c>--discovery-srv</c>, else what <c>--endpoints</c> says.</summary>
internal static class EndpointDiscovery
{
    public static async Task<IReadOnlyList<string>> EndpointsAsync(GlobalFlags global, Output error)
    {
        var domain = global.DiscoverySrv.Value;
        IReadOnlyList<string> found = domain.Length == 0 ? [] : await FindAsync(global, domain, error);
        return found.Count > 0
            ? found
            // What stands behind the last comma is no member.
            : [.. global.Endpoints.Value.Select(static one => one.Trim()).Where(static one => one.Length > 0)];
    }

    private static async Task<IReadOnlyList<string>> FindAsync(GlobalFlags global, string domain, Output error)
    {
        try
        {
            var all = await DnsDiscovery.FindEndpointsAsync(domain, global.DiscoverySrvName.Value);
            return global.InsecureDiscovery.Value ? all : [.. all.Where(one => IsSecure(one, error))];
        }
        catch (InvalidDataException failure)
        {
            throw new CommandFailure(ExitCode.Error, failure.Message, failure);
        }
        catch (ArgumentException failure)
        {
            throw new CommandFailure(ExitCode.Error, failure.Message, failure);
        }
    }

    private static bool IsSecure(string endpoint, Output error)
    {
        var secure = !endpoint.StartsWith("http://", StringComparison.Ordinal);
        if (!secure)
        {
            error.WriteLine($"ignoring discovered insecure endpoint {GoQuote.Of(endpoint)}");
        }

        return secure;
    }
}
