using Microsoft.Extensions.Logging;

namespace EtcdSharp.Offline;

/// <summary>What the operations on the files of a stopped member tell the operator while they run.</summary>
internal static partial class OfflineLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "restoring snapshot")]
    public static partial void Restoring(
        ILogger logger,
        string path,
        string walDir,
        string dataDir,
        string snapDir,
        long initialMemoryMapSize
    );

    [LoggerMessage(Level = LogLevel.Information, Message = "restored snapshot")]
    public static partial void Restored(
        ILogger logger,
        string path,
        string walDir,
        string dataDir,
        string snapDir,
        long initialMemoryMapSize
    );

    [LoggerMessage(Level = LogLevel.Information, Message = "Trimming membership information from the backend...")]
    public static partial void TrimmingMembership(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "added member")]
    public static partial void AddedMember(
        ILogger logger,
        string clusterId,
        string localMemberId,
        string addedPeerId,
        IReadOnlyList<string> addedPeerPeerUrls,
        bool addedPeerIsLearner
    );

    [LoggerMessage(Level = LogLevel.Information, Message = "bumping latest revision")]
    public static partial void BumpingRevision(ILogger logger, long latestRevision, long bumpAmount, long newLatestRevision);

    [LoggerMessage(Level = LogLevel.Information, Message = "marking revision compacted")]
    public static partial void MarkingCompacted(ILogger logger, long revision);
}
