using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal static class SnapshotCommands
{
    public static Command Create(GlobalOptions options) =>
        new Command("snapshot <subcommand>", "Manages etcd node snapshots").Add(
            SnapshotRestoreCommand.Create(),
            SnapshotStatusCommand.Create(options)
        );
}
