using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Wal;

/// <summary>Opens an existing log for writing: locks its segments, reads them, mends a torn end.</summary>
internal static class WalOpening
{
    private const string BrokenSuffix = ".broken";
    private const int CopyBytes = 1 << 20;

    public static OpenedWal Open(IDisk disk, string directory, WalSnapshotMark start, WalOptions options)
    {
        WarnOfStrangers(disk, directory, options);
        var names = WalDirectory.ListFrom(disk, directory, start.Index);
        var segments = new List<WalSegmentFile>(names.Count);
        try
        {
            foreach (var name in names)
            {
                segments.Add(OpenLocked(disk, directory, name));
            }

            return Read(disk, directory, start, options, segments);
        }
        catch
        {
            segments.ForEach(segment => segment.File.Dispose());
            throw;
        }
    }

    private static OpenedWal Read(
        IDisk disk,
        string directory,
        WalSnapshotMark start,
        WalOptions options,
        List<WalSegmentFile> segments
    )
    {
        var mended = false;
        while (true)
        {
            using var reader = new WalRecordReader([.. segments.Select(segment => segment.File)]);
            var contents = new WalReplay(start).ReadAll(reader);
            var tail = segments[^1].File;
            if (!contents.TornTail)
            {
                ClearTail(tail, reader.NextOffset, options);
                if (!options.UnsafeNoFsync)
                {
                    // A process that was killed may have left records that are written but not synced. They count as
                    // durable from here on, so they must be.
                    tail.SyncData();
                    disk.SyncDirectory(directory);
                }

                var log = new WriteAheadLog(
                    disk,
                    directory,
                    options,
                    segments,
                    contents,
                    new WalEncoder(reader.Crc),
                    reader.NextOffset
                );
                return new OpenedWal(log, contents with { TornTail = mended });
            }

            if (mended)
            {
                throw reader.Problem!;
            }

            CutOff(disk, directory, tail, reader, options);
            mended = true;
        }
    }

    private static WalSegmentFile OpenLocked(IDisk disk, string directory, WalSegmentName name)
    {
        var path = Path.Combine(directory, name.ToString());
        var file = disk.Open(path, DiskOpen.WriteExisting);
        if (file.TryLock(exclusive: true))
        {
            return new WalSegmentFile(name, file);
        }

        file.Dispose();
        throw new WalException(
            WalFault.Locked,
            path,
            "another process holds it: is a member already running on this data directory?"
        );
    }

    /// <summary>
    /// Keeps a copy of the segment as found, then cuts the torn record off. The copy is durable before the cut, so
    /// that nothing that was on disk is ever lost to a wrong judgement.
    /// </summary>
    private static void CutOff(IDisk disk, string directory, IDiskFile tail, WalRecordReader reader, WalOptions options)
    {
        var brokenPath = tail.Path + BrokenSuffix;
        using (var broken = disk.Open(brokenPath, DiskOpen.OpenOrCreate))
        {
            broken.SetLength(0);
            var buffer = new byte[CopyBytes];
            long offset = 0;
            int read;
            while ((read = tail.ReadAt(offset, buffer)) > 0)
            {
                broken.WriteAt(offset, buffer.AsSpan(0, read));
                offset += read;
            }

            broken.SyncData();
        }

        disk.SyncDirectory(directory);
        tail.SetLength(reader.NextOffset);
        tail.SyncData();
        WalLog.TailRepaired(options.Logger, tail.Path, reader.NextOffset, reader.Problem!.Message, brokenPath);
    }

    /// <summary>
    /// A zero length field ends the log, but sectors of a batch that was never acknowledged may stand behind it.
    /// New records would overwrite some of them and run into the rest, so all of it becomes zeros again, and the
    /// segment its full preallocated size.
    /// </summary>
    private static void ClearTail(IDiskFile tail, long end, WalOptions options)
    {
        if (!WalZeros.AreThere(tail, end))
        {
            tail.SetLength(end);
        }

        if (tail.Length < options.SegmentBytes)
        {
            tail.Preallocate(options.SegmentBytes);
            if (options.WritesZeros)
            {
                WalZeros.Write(tail, end, Math.Min(end + WalZeros.HeadBytes, options.SegmentBytes), static () => false);
            }
        }
    }

    private static void WarnOfStrangers(IDisk disk, string directory, WalOptions options)
    {
        if (!disk.DirectoryExists(directory))
        {
            return;
        }

        foreach (var name in disk.ListNames(directory))
        {
            if (
                !WalSegmentName.TryParse(name, out _)
                && !name.EndsWith(WalSegmentPipeline.TemporarySuffix, StringComparison.Ordinal)
            )
            {
                WalLog.FileIgnored(options.Logger, name, directory);
            }
        }
    }
}
