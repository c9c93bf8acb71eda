using EtcdSharp.Platform;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Snap;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Snapshots;

/// <summary>
/// Deletes snapshot files and log segments beyond their numbers, at the start and every half minute. So a snapshot stays
/// readable for a while after newer ones have come, for whoever copies a data directory. The snapshots thread owns it.
/// </summary>
internal sealed class FilePurge(
    SnapshotDirectory snapshots,
    DataDirectory data,
    IDisk disk,
    IClock clock,
    NodeOptions options,
    ILogger logger
)
{
    /// <summary>etcd's figure.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private long _nextNanoseconds = long.MinValue;

    /// <summary>Milliseconds until the next time, rounded up.</summary>
    public int NextInMs =>
        _nextNanoseconds == long.MinValue
            ? 0
            : (int)
                Math.Clamp((_nextNanoseconds - clock.MonotonicNanoseconds + 999_999) / 1_000_000, 0, Interval.TotalMilliseconds);

    public void RunIfDue()
    {
        var now = clock.MonotonicNanoseconds;
        if (now < _nextNanoseconds)
        {
            return;
        }

        if (_nextNanoseconds == long.MinValue)
        {
            TellOfStart();
        }

        _nextNanoseconds = now + (long)Interval.TotalNanoseconds;
        Purge(data.SnapPath, () => snapshots.Purge(options.MaxSnapshotFiles));
        Purge(data.WalPath, () => WalDirectory.Purge(disk, data.WalPath, options.MaxWalFiles));
    }

    private void TellOfStart()
    {
        if (options.MaxSnapshotFiles > 0)
        {
            NodeLog.PurgeStarted(logger, data.SnapPath, "snap.db", options.MaxSnapshotFiles, Interval);
            NodeLog.PurgeStarted(logger, data.SnapPath, "snap", options.MaxSnapshotFiles, Interval);
        }

        if (options.MaxWalFiles > 0)
        {
            NodeLog.PurgeStarted(logger, data.WalPath, "wal", options.MaxWalFiles, Interval);
        }
    }

    /// <summary>Old files that stay cost space, nothing else; they are tried again later.</summary>
    private void Purge(string folder, Func<IReadOnlyList<string>> purge)
    {
        try
        {
            foreach (var name in purge())
            {
                NodeLog.FilePurged(logger, Path.Combine(folder, name));
            }
        }
        catch (IOException e)
        {
            NodeLog.PurgeFailed(logger, folder, e.Message);
        }
    }
}
