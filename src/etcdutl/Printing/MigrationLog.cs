using Microsoft.Extensions.Logging;

namespace EtcdSharp.Programs.Etcdutl.Printing;

/// <summary>What a migration has done to the storage version.</summary>
internal static partial class MigrationLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "storage version up-to-date")]
    public static partial void UpToDate(ILogger logger, string storageVersion);

    [LoggerMessage(Level = LogLevel.Information, Message = "updated storage version")]
    public static partial void Updated(ILogger logger, string newStorageVersion);

    [LoggerMessage(Level = LogLevel.Information, Message = "normal migrate failed, trying with force")]
    public static partial void Forcing(ILogger logger, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "forcefully cleared storage version")]
    public static partial void ForcefullyCleared(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "forcefully set storage version")]
    public static partial void ForcefullySet(ILogger logger, string storageVersion);
}
