using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Commands.Checking;

internal static class CheckCommands
{
    public static Command Create(GlobalFlags global) =>
        new Command(
            "check <subcommand>",
            "commands for checking properties of the etcd cluster. Use `etcdctl check --help` to see subcommands"
        )
        {
            Description = "commands for checking properties of the etcd cluster",
            GroupId = CommandGroups.Utility,
        }.Add(CheckPerfCommand.Create(global), CheckDatascaleCommand.Create(global));
}
