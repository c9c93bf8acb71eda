using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Wal;

/// <summary>The segments in a log's directory.</summary>
internal static class WalDirectory
{
    public static bool HasLog(IDisk disk, string directory) =>
        disk.DirectoryExists(directory)
        && disk.ListNames(directory).Any(name => name.EndsWith(WalSegmentName.Suffix, StringComparison.Ordinal));

    /// <summary>The segments in the order of their sequence.</summary>
    public static List<WalSegmentName> List(IDisk disk, string directory)
    {
        var segments = new List<WalSegmentName>();
        if (disk.DirectoryExists(directory))
        {
            foreach (var name in disk.ListNames(directory))
            {
                if (WalSegmentName.TryParse(name, out var segment))
                {
                    segments.Add(segment);
                }
            }
        }

        segments.Sort((left, right) => left.Sequence.CompareTo(right.Sequence));
        return segments;
    }

    /// <summary>The segments from the one that holds the entry behind <paramref name="index"/> to the last.</summary>
    /// <exception cref="WalException">There are none, none reaches back far enough, or one is missing between them.</exception>
    public static List<WalSegmentName> ListFrom(IDisk disk, string directory, ulong index)
    {
        var segments = List(disk, directory);
        if (segments.Count == 0)
        {
            throw new WalException(WalFault.NotFound, directory, "holds no segment");
        }

        var first = segments.FindLastIndex(segment => segment.FirstIndex <= index);
        if (first < 0)
        {
            throw new WalException(
                WalFault.PositionNotCovered,
                directory,
                $"the first segment {segments[0]} begins behind the snapshot's index {index}"
            );
        }

        RequireNoGap(directory, segments, first);
        return segments.GetRange(first, segments.Count - first);
    }

    public static void RequireNoGap(string directory, List<WalSegmentName> segments, int first)
    {
        for (var i = first + 1; i < segments.Count; i++)
        {
            if (segments[i].Sequence != segments[i - 1].Sequence + 1)
            {
                throw new WalException(
                    WalFault.SequenceGap,
                    directory,
                    $"segments are missing between {segments[i - 1]} and {segments[i]}"
                );
            }
        }
    }

    /// <summary>
    /// Deletes the oldest segments beyond <paramref name="segmentsMax"/> that no log in use holds; 0 keeps all.
    /// Returns the names of those deleted.
    /// </summary>
    public static IReadOnlyList<string> Purge(IDisk disk, string directory, int segmentsMax)
    {
        var purged = new List<string>();
        if (segmentsMax <= 0)
        {
            return purged;
        }

        var segments = List(disk, directory);
        for (var i = 0; i < segments.Count - segmentsMax; i++)
        {
            var path = Path.Combine(directory, segments[i].ToString());
            using var file = disk.Open(path, DiskOpen.WriteExisting);
            if (!file.TryLock(exclusive: true))
            {
                break;
            }

            disk.DeleteFile(path);
            purged.Add(segments[i].ToString());
        }

        if (purged.Count > 0)
        {
            disk.SyncDirectory(directory);
        }

        return purged;
    }
}
