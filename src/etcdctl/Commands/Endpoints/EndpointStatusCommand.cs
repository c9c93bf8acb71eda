using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.Programs.Etcdctl.Connection;
using EtcdSharp.Programs.Etcdctl.Printing;

namespace EtcdSharp.Programs.Etcdctl.Commands.Endpoints;

internal static class EndpointStatusCommand
{
    private const string About = """
        When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.
        The items in the lists are endpoint, ID, version, db size, is leader, is learner, raft term, raft index, raft applied index, errors.

        """;

    public static Command Create(GlobalFlags global, BoolFlag cluster) =>
        new("status", "Prints out the status of endpoints specified in `--endpoints` flag")
        {
            Description = About,
            Run = context => RunAsync(global, cluster, context),
        };

    private static async Task<int> RunAsync(GlobalFlags global, BoolFlag cluster, CommandContext context)
    {
        var failed = false;
        await Session.RunAsync(
            global,
            context,
            async session =>
            {
                var all = new List<EndpointStatus>();
                foreach (var endpoint in await ClusterEndpoints.ListAsync(session, cluster))
                {
                    await using var connection = session.ConnectTo(endpoint);
                    try
                    {
                        all.Add(new EndpointStatus(endpoint, await connection.Client.Maintenance.StatusAsync(endpoint)));
                    }
                    catch (EtcdException failure)
                    {
                        failed = true;
                        var message = FailureText.Of(failure);
                        context.Error.WriteLine($"Failed to get the status of endpoint {endpoint} ({message})");
                    }
                }

                session.Printer.EndpointStatus(all);
            }
        );
        return failed ? ExitCode.Error : ExitCode.Success;
    }
}
