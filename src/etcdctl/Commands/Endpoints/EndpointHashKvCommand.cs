using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdctl.Connection;
using EtcdSharp.Programs.Etcdctl.Printing;

namespace EtcdSharp.Programs.Etcdctl.Commands.Endpoints;

internal static class EndpointHashKvCommand
{
    public static Command Create(GlobalFlags global, BoolFlag cluster)
    {
        var command = new Command("hashkv", "Prints the KV history hash for each endpoint in --endpoints");
        var revision = command.PersistentFlags.Int64("rev", 0, "maximum revision to hash (default: latest revision)");
        command.Run = context => Session.RunAsync(global, context, session => RunAsync(session, cluster, revision.Value));
        return command;
    }

    private static async Task RunAsync(Session session, BoolFlag cluster, long revision)
    {
        var all = new List<EndpointHash>();
        string? problem = null;
        foreach (var endpoint in await ClusterEndpoints.ListAsync(session, cluster))
        {
            await using var connection = session.ConnectTo(endpoint);
            try
            {
                all.Add(new EndpointHash(endpoint, await connection.Client.Maintenance.HashKvAsync(endpoint, revision)));
            }
            catch (EtcdException failure)
            {
                problem = FailureText.Of(failure);
                session.Context.Error.WriteLine($"Failed to get the hash of endpoint {endpoint} ({problem})");
            }
        }

        session.Printer.EndpointHash(all);
        if (problem is not null)
        {
            throw new CommandFailure(ExitCode.Error, problem);
        }
    }
}
