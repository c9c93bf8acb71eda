using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdctl.Connection;

namespace EtcdSharp.Programs.Etcdctl.Commands.Endpoints;

/// <summary>The endpoints that a command goes to one by one: those given, or with <c>--cluster</c> those of all members.</summary>
internal static class ClusterEndpoints
{
    public static BoolFlag AddFlag(Command command) =>
        command.PersistentFlags.Bool("cluster", "use all endpoints from the cluster member list");

    public static async Task<IReadOnlyList<string>> ListAsync(Session session, BoolFlag cluster)
    {
        if (!cluster.Value)
        {
            return session.Endpoints;
        }

        var members = await Session.CallAsync(
            () => session.Client.Cluster.ListAsync(),
            wrap: static message => $"failed to fetch endpoints from etcd cluster member list: {message}"
        );
        return [.. members.Members.SelectMany(static member => member.ClientURLs)];
    }
}
