namespace EtcdSharp.Programs.Etcdctl;

/// <summary>Commands that etcdctl had when it spoke version 2 of the API, or that work on files and went to etcdutl.</summary>
internal static class MovedCommands
{
    public static IReadOnlyDictionary<string, string> All { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["set"] = "\"etcdctl put <key> <value>\"",
            ["ls"] = "\"etcdctl get <prefix> --prefix --keys-only\"",
            ["rm"] = "\"etcdctl del <key>\"",
            ["mk"] = "\"etcdctl txn\" or \"etcdctl put <key> <value>\"",
            ["cluster-health"] = "\"etcdctl endpoint health --cluster\"",
            ["backup"] = "\"etcdctl snapshot save <filename>\"",
            ["migrate"] = "\"etcdutl migrate\"",
            ["hashkv"] = "\"etcdctl endpoint hashkv\", or \"etcdutl hashkv <filename>\" for a file",
            ["restore"] = "\"etcdutl snapshot restore <filename> --data-dir {output dir}\"",
        };
}
