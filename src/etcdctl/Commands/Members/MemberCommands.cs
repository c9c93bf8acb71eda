using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Commands.Members;

internal static class MemberCommands
{
    public static Command Create(GlobalFlags global) =>
        new Command("member <subcommand>", "Membership related commands. Use `etcdctl member --help` to see subcommands")
        {
            Description = "Membership related commands",
            GroupId = CommandGroups.Maintenance,
        }.Add(
            MemberAddCommand.Create(global),
            MemberRemoveCommand.Create(global),
            MemberUpdateCommand.Create(global),
            MemberListCommand.Create(global),
            MemberPromoteCommand.Create(global)
        );
}
