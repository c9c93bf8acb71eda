using Microsoft.Extensions.Logging;

namespace EtcdSharp.Storage.Wal;

/// <summary>What the log tells the operator.</summary>
internal static partial class WalLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "slow fdatasync of {Path}: took {TookSeconds} s, expected at most {ExpectedSeconds} s"
    )]
    public static partial void SlowSync(ILogger logger, string path, double tookSeconds, double expectedSeconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "created a new WAL segment {Path}")]
    public static partial void SegmentCreated(ILogger logger, string path);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "the end of WAL segment {Path} was torn at offset {Offset} ({Detail}); it is cut off, the segment as found is kept as {BrokenPath}"
    )]
    public static partial void TailRepaired(ILogger logger, string path, long offset, string detail, string brokenPath);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ignored file {Name} in WAL directory {Directory}")]
    public static partial void FileIgnored(ILogger logger, string name, string directory);
}
