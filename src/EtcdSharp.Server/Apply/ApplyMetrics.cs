using EtcdSharp.Server.Node;

namespace EtcdSharp.Server.Apply;

/// <summary>How long requests take to apply. The tags of the frequent kinds are made once.</summary>
internal static class ApplyMetrics
{
    private static readonly KeyValuePair<string, object?> Version = new("version", "v3");
    private static readonly KeyValuePair<string, object?> Success = new("success", "true");
    private static readonly KeyValuePair<string, object?> Failure = new("success", "false");
    private static readonly KeyValuePair<string, object?> PutOperation = new("op", "Put");
    private static readonly KeyValuePair<string, object?> TxnOperation = new("op", "Txn");
    private static readonly KeyValuePair<string, object?> DeleteOperation = new("op", "DeleteRange");

    public static void Record(ReplicaMetrics metrics, RequestKind kind, bool success, long nanoseconds)
    {
        if (metrics.ApplySeconds.Enabled)
        {
            metrics.ApplySeconds.Record(nanoseconds / 1e9, Version, OperationOf(kind), success ? Success : Failure);
        }
    }

    private static KeyValuePair<string, object?> OperationOf(RequestKind kind) =>
        kind switch
        {
            RequestKind.Put => PutOperation,
            RequestKind.Txn => TxnOperation,
            RequestKind.DeleteRange => DeleteOperation,
            _ => new("op", kind.ToString()),
        };
}
