using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Wal;

/// <summary>Creates a log in a temporary directory and gives it its name once it is complete and durable.</summary>
internal static class WalCreation
{
    private const string TemporarySuffix = ".tmp";

    public static WriteAheadLog Create(IDisk disk, string directory, ReadOnlySpan<byte> metadata, WalOptions options)
    {
        if (WalDirectory.HasLog(disk, directory))
        {
            throw new WalException(WalFault.AlreadyExists, directory, "a log is there already");
        }

        var trimmed = Path.TrimEndingDirectorySeparator(directory);
        var temporary = trimmed + TemporarySuffix;
        if (disk.DirectoryExists(temporary))
        {
            disk.DeleteDirectory(temporary);
        }

        disk.CreateDirectory(temporary);
        var name = new WalSegmentName(0, 0);
        var file = disk.Open(Path.Combine(temporary, name.ToString()), DiskOpen.CreateNew);
        try
        {
            var encoder = new WalEncoder(0);
            var length = WriteHead(file, encoder, metadata, options);
            TakeName(disk, temporary, trimmed, options);
            var contents = new WalContents { Metadata = metadata.ToArray(), Entries = [] };
            return new WriteAheadLog(disk, trimmed, options, [new WalSegmentFile(name, file)], contents, encoder, length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static long WriteHead(IDiskFile file, WalEncoder encoder, ReadOnlySpan<byte> metadata, WalOptions options)
    {
        if (!file.TryLock(exclusive: true))
        {
            throw new WalException(WalFault.Locked, file.Path, "another process holds it");
        }

        file.Preallocate(options.SegmentBytes);
        if (options.WritesZeros)
        {
            WalZeros.Write(file, 0, Math.Min(WalZeros.HeadBytes, options.SegmentBytes), static () => false);
        }

        var start = new WalSnapshotMark(0, 0);
        encoder.WriteCrcRecord();
        encoder.WriteRecord(WalRecordKind.Metadata, metadata);
        start.Encode(encoder.BeginRecord(WalRecordKind.Snapshot, start.EncodedBytes()));
        encoder.EndRecord();
        file.WriteAt(0, encoder.Buffered);
        if (!options.UnsafeNoFsync)
        {
            file.SyncData();
        }

        long length = encoder.Length;
        encoder.Clear();
        return length;
    }

    private static void TakeName(IDisk disk, string temporary, string directory, WalOptions options)
    {
        if (disk.DirectoryExists(directory))
        {
            disk.DeleteDirectory(directory);
        }

        if (!options.UnsafeNoFsync)
        {
            disk.SyncDirectory(temporary);
        }

        disk.Rename(temporary, directory);
        if (!options.UnsafeNoFsync && Path.GetDirectoryName(directory) is { Length: > 0 } parent)
        {
            disk.SyncDirectory(parent);
        }
    }
}
