using EtcdSharp.Replica.Lease;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>Values that tests give to flags, by their kinds: so that a new row of the table needs no row here.</summary>
internal static class OtherValues
{
    /// <summary>What flags want of which the kind does not say it.</summary>
    private static readonly Dictionary<FlagDefinition, string> s_special = new()
    {
        [FlagTable.ElectionMs] = "2000",
        [FlagTable.HeartbeatMs] = "50",
        [FlagTable.PeerReadTimeout] = "7s",
        [FlagTable.PeerWriteTimeout] = "7s",
        [FlagTable.InitialCluster] = "default=http://127.0.0.1:4",
        [FlagTable.AutoCompactionMode] = "revision",
        [FlagTable.AutoCompactionRetention] = "5",
        [FlagTable.ExtensiveMetrics] = "extensive",
        [FlagTable.LogOutputs] = "stdout",
        [FlagTable.LogLevel] = "debug",
        [FlagTable.LogFormat] = "console",
        [FlagTable.EmulatedVersion] = "3.6",
    };

    /// <summary>A text that a flag takes and that is not its default.</summary>
    public static string Of(FlagDefinition flag) =>
        s_special.TryGetValue(flag, out var special)
            ? special
            : flag.Kind switch
            {
                FlagKind.Boolean => flag.Default == "true" ? "false" : "true",
                FlagKind.Choice or FlagKind.Choices => flag.Choices.First(choice => choice != flag.Default),
                FlagKind.Unsigned or FlagKind.Unsigned32 or FlagKind.Integer => flag.Default == "7" ? "8" : "7",
                FlagKind.Duration => "9s",
                FlagKind.Urls or FlagKind.Origins => "http://127.0.0.1:9",
                FlagKind.FeatureGates => "LeaseCheckpoint=true",
                _ => "other",
            };
}
