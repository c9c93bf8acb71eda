using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>Where the members are: what <c>--endpoints</c> says.</summary>
internal static class EndpointDiscovery
{
    public static IReadOnlyList<string> Endpoints(GlobalFlags global, Output error)
    {
        _ = error;
        return [.. global.Endpoints.Value.Select(static endpoint => endpoint.Trim())];
    }
}
