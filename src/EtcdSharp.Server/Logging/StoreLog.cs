using EtcdSharp.Mvcc;
using EtcdSharp.Platform.Logging;
using EtcdSharp.Storage.Backend;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Logging;

/// <summary>What the store tells the operator, in etcd's words and fields.</summary>
internal static partial class StoreLog
{
    public static void Compacted(ILogger logger, BackendStore backend, CompactionReport report)
    {
        if (report.IsHashWhole)
        {
            HashStored(logger, report.Hash, report.Revision);
        }

        Compacted(
            logger,
            report.Revision,
            report.Took,
            report.Keys,
            report.Hash,
            backend.SizeBytes,
            ByteSize.Format(backend.SizeBytes),
            backend.InUseBytes,
            ByteSize.Format(backend.InUseBytes)
        );
    }

    public static void DefragmentationSkipped(ILogger logger, BackendStore backend, long thresholdBytes) =>
        DefragmentationSkipped(
            logger,
            backend.SizeBytes,
            ByteSize.Format(backend.SizeBytes),
            backend.InUseBytes,
            ByteSize.Format(backend.InUseBytes),
            thresholdBytes,
            ByteSize.Format(thresholdBytes)
        );

    [LoggerMessage(LogLevel.Information, "compact tree index")]
    public static partial void CompactingIndex(ILogger logger, long revision);

    [LoggerMessage(LogLevel.Information, "kvstore restored")]
    public static partial void Restored(ILogger logger, long currentRev);

    [LoggerMessage(LogLevel.Information, "storing new hash")]
    private static partial void HashStored(ILogger logger, uint hash, long revision);

    [LoggerMessage(LogLevel.Information, "finished scheduled compaction")]
    private static partial void Compacted(
        ILogger logger,
        long compactRevision,
        TimeSpan took,
        long numberOfKeysCompacted,
        uint hash,
        long currentDbSizeBytes,
        string currentDbSize,
        long currentDbSizeInUseBytes,
        string currentDbSizeInUse
    );

    [LoggerMessage(LogLevel.Information, "Skipping defragmentation")]
    private static partial void DefragmentationSkipped(
        ILogger logger,
        long currentDbSizeBytes,
        string currentDbSize,
        long currentDbSizeInUseBytes,
        string currentDbSizeInUse,
        long bootstrapDefragThresholdBytes,
        string bootstrapDefragThreshold
    );
}
