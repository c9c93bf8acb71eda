using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Completion;
using EtcdSharp.Programs.Etcdctl.Commands.About;
using EtcdSharp.Programs.Etcdctl.Commands.Auth;
using EtcdSharp.Programs.Etcdctl.Commands.Checking;
using EtcdSharp.Programs.Etcdctl.Commands.Concurrency;
using EtcdSharp.Programs.Etcdctl.Commands.Endpoints;
using EtcdSharp.Programs.Etcdctl.Commands.Keys;
using EtcdSharp.Programs.Etcdctl.Commands.Leases;
using EtcdSharp.Programs.Etcdctl.Commands.Maintenance;
using EtcdSharp.Programs.Etcdctl.Commands.Members;
using EtcdSharp.Programs.Etcdctl.Commands.Mirroring;
using EtcdSharp.Programs.Etcdctl.Commands.Snapshots;
using EtcdSharp.Programs.Etcdctl.Commands.Watching;

namespace EtcdSharp.Programs.Etcdctl;

/// <summary>All commands of the program.</summary>
internal static class CommandTree
{
    public static CommandProgram Create()
    {
        var root = new Command("etcdctl", "A simple command line client for etcd3.")
        {
            Groups = CommandGroups.All,
            Moved = MovedCommands.All,
        };
        var global = new GlobalFlags(root.PersistentFlags);
        root.Flags.Bool("help", "help for etcdctl", shorthand: 'h').Hidden = true;
        root.Add(
            GetCommand.Create(global),
            PutCommand.Create(global),
            DelCommand.Create(global),
            TxnCommand.Create(global),
            CompactionCommand.Create(global),
            AlarmCommands.Create(global),
            DefragCommand.Create(global),
            EndpointCommands.Create(global),
            MoveLeaderCommand.Create(global),
            WatchCommand.Create(global),
            VersionCommand.Create(),
            LeaseCommands.Create(global),
            MemberCommands.Create(global),
            SnapshotCommands.Create(global),
            MakeMirrorCommand.Create(global),
            LockCommand.Create(global),
            ElectCommand.Create(global),
            AuthCommands.Create(global),
            UserCommands.Create(global),
            RoleCommands.Create(global),
            CheckCommands.Create(global),
            CompletionCommand.Create(root.Name, CommandGroups.Utility),
            DowngradeCommands.Create(global),
            OptionsCommand.Create(root)
        );
        return new CommandProgram(root)
        {
            HelpGroupId = CommandGroups.Utility,
            HelpEnd = "Use \"etcdctl options\" for a list of global command-line options (applies to all commands).",
        };
    }
}
