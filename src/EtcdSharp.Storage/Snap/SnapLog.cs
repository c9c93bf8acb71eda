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

    [LoggerMessage(Level = LogLevel.Information, Message = "found orphaned file {Name} in {Directory}; deleting")]
    public static partial void OrphanDeleted(ILogger logger, string name, string directory);
}
