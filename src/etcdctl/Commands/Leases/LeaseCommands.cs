using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Commands.Leases;

internal static class LeaseCommands
{
    public static Command Create(GlobalFlags global) =>
        new Command("lease <subcommand>", "Lease related commands. Use `etcdctl lease --help` to see subcommands")
        {
            Description = "Lease related commands",
            GroupId = CommandGroups.Keys,
        }.Add(
            LeaseGrantCommand.Create(global),
            LeaseRevokeCommand.Create(global),
            LeaseTimeToLiveCommand.Create(global),
            LeaseListCommand.Create(global),
            LeaseKeepAliveCommand.Create(global)
        );
}
