using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Commands.Snapshots;

internal static class SnapshotCommands
{
    internal const string Examples = """
          # Save snapshot to a given file
          etcdctl snapshot save /backup/etcd-snapshot.db

          # Get snapshot from given address and save it to file
          etcdctl snapshot save --endpoints=127.0.0.1:3000 /backup/etcd-snapshot.db

          # Get snapshot from given address with certificates
          etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/etcd/ca.crt --cert=/etc/etcd/etcd.crt --key=/etc/etcd/etcd.key snapshot save /backup/etcd-snapshot.db

          # Get snapshot with certain user and password
          etcdctl --user=root --password=password123 snapshot save /backup/etcd-snapshot.db

          # Get snapshot from given address with timeout
          etcdctl --endpoints=https://127.0.0.1:2379 --dial-timeout=20s snapshot save /backup/etcd-snapshot.db

          # Save snapshot with desirable time format
          etcdctl snapshot save /mnt/backup/etcd/backup_$(date +%Y%m%d_%H%M%S).db
        """;

    public static Command Create(GlobalFlags global) =>
        new Command("snapshot <subcommand>", "Manages etcd node snapshots")
        {
            GroupId = CommandGroups.Maintenance,
            Examples = Examples,
            Moved = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["status"] = "\"etcdutl snapshot status <filename>\"",
                ["restore"] = "\"etcdutl snapshot restore <filename> --data-dir {output dir}\"",
            },
        }.Add(SnapshotSaveCommand.Create(global));
}
