using EtcdSharp.Storage.Bolt;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Server;

/// <summary>What stands in the way of a start, in one line that says what to do.</summary>
internal static class StartProblem
{
    private const string Restore =
        "restore the directory from a snapshot (etcdutl snapshot restore) or, in a cluster, remove this member and add it anew";

    /// <summary>Null for what no operator can help: it is a bug, and its stack belongs into the report.</summary>
    public static string? Describe(Exception failure, string dataDirectory) =>
        failure switch
        {
            BoltLockedException or WalException { Fault: WalFault.Locked } =>
                $"another process uses the data directory {dataDirectory}; stop it or choose another --data-dir",
            BoltCorruptionException => $"the store is damaged ({failure.Message}); {Restore}",
            WalException => $"the log cannot be read ({failure.Message}); {Restore}",
            InvalidDataException => $"the data directory {dataDirectory} is damaged ({failure.Message}); {Restore}",
            UnauthorizedAccessException =>
                $"no permission for the data directory {dataDirectory} ({failure.Message}); give it to the user of this process",
            IOException => $"the data directory {dataDirectory} cannot be used: {failure.Message}",
            _ => null,
        };
}
