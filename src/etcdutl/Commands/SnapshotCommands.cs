using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal static class SnapshotCommands
{
    public static Command Create(GlobalOptions options) =>
        new Command("snapshot <subcommand>", "Manages etcd node snapshots")
        {
            Moved = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["save"] = "\"etcdctl snapshot save <filename>\", which asks a running member",
            },
        }.Add(SnapshotRestoreCommand.Create(), SnapshotStatusCommand.Create(options));
}
