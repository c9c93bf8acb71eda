using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Commands.Endpoints;

internal static class EndpointCommands
{
    public static Command Create(GlobalFlags global)
    {
        var command = new Command(
            "endpoint <subcommand>",
            "Endpoint related commands. Use `etcdctl endpoint --help` to see subcommands"
        )
        {
            Description = "Endpoint related commands",
            GroupId = CommandGroups.Maintenance,
        };
        var cluster = ClusterEndpoints.AddFlag(command);
        return command.Add(
            EndpointHealthCommand.Create(global, cluster),
            EndpointStatusCommand.Create(global, cluster),
            EndpointHashKvCommand.Create(global, cluster)
        );
    }
}
