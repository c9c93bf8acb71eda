using System.Diagnostics;
using EtcdSharp.Platform.Logging;
using EtcdSharp.Storage.Backend;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Storage.Backend;

/// <summary>A defragmentation as the log tells it, whoever asked for it: the operator of a member, its start, or etcdutl.</summary>
internal static partial class DefragmentLog
{
    public static void Defragment(BackendStore backend, ILogger logger)
    {
        var (size, inUse, started) = (backend.SizeBytes, backend.InUseBytes, Stopwatch.GetTimestamp());
        Defragmenting(logger, backend.FilePath, size, ByteSize.Format(size), inUse, ByteSize.Format(inUse));
        backend.Defragment();
        var (sizeAfter, inUseAfter) = (backend.SizeBytes, backend.InUseBytes);
        Defragmented(
            logger,
            backend.FilePath,
            sizeAfter - size,
            sizeAfter,
            ByteSize.Format(sizeAfter),
            inUseAfter - inUse,
            inUseAfter,
            ByteSize.Format(inUseAfter),
            Stopwatch.GetElapsedTime(started)
        );
    }

    [LoggerMessage(LogLevel.Information, "defragmenting")]
    private static partial void Defragmenting(
        ILogger logger,
        string path,
        long currentDbSizeBytes,
        string currentDbSize,
        long currentDbSizeInUseBytes,
        string currentDbSizeInUse
    );

    [LoggerMessage(LogLevel.Information, "finished defragmenting directory")]
    private static partial void Defragmented(
        ILogger logger,
        string path,
        long currentDbSizeBytesDiff,
        long currentDbSizeBytes,
        string currentDbSize,
        long currentDbSizeInUseBytesDiff,
        long currentDbSizeInUseBytes,
        string currentDbSizeInUse,
        TimeSpan took
    );
}
