using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Completion;
using EtcdSharp.Programs.Etcdutl.Commands;

namespace EtcdSharp.Programs.Etcdutl;

/// <summary>etcdutl: what can be done with a member's files while the member is stopped.</summary>
internal static class EtcdutlProgram
{
    public static CommandProgram Create()
    {
        var root = new Command("etcdutl", "An administrative command line tool for etcd3.");
        var options = new GlobalOptions(root);
        root.Add(
            DefragCommand.Create(options),
            SnapshotCommands.Create(options),
            HashKvCommand.Create(options),
            MigrateCommand.Create(options),
            VersionCommand.Create(),
            CompletionCommand.Create(root.Name),
            BboltCommands.Create(options)
        );
        return new CommandProgram(root) { HelpIsUsage = true, RepeatsProblems = true };
    }
}
