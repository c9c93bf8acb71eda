using Microsoft.Extensions.Logging;

namespace EtcdSharp.Storage.Snap;

/// <summary>What the snapshot folder tells the operator.</summary>
internal static partial class SnapLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "snapshot file {Name} in {Directory} cannot be used ({Problem}); it is renamed to {Name}.broken"
    )]
    public static partial void Broken(ILogger logger, string name, string directory, string problem);

    [LoggerMessage(LogLevel.Information, "found orphaned .snap.db file; deleting")]
    public static partial void OrphanedDatabase(ILogger logger, string path);

    [LoggerMessage(LogLevel.Error, "failed to remove orphaned .snap.db file")]
    public static partial void OrphanedDatabaseStays(ILogger logger, string path, string error);

    [LoggerMessage(LogLevel.Error, "failed to parse index from filename")]
    public static partial void NoIndexInName(ILogger logger, string path, string error);

    [LoggerMessage(LogLevel.Information, "found orphaned defragmentation file; deleting")]
    public static partial void OrphanedDefragmentation(ILogger logger, string path);
}
