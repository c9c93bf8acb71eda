using System.Diagnostics;
using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Storage.Wal;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Storage.Snap;

/// <summary>
/// The snapshots in member/snap: small .snap files with the position, the configuration and (for releases that need
/// it) the membership; and, while one received from another member is being installed, its store as a .snap.db file.
/// </summary>
/// <remarks>
/// Installing a received snapshot survives a crash between any two of its steps in this order: the .snap.db file is
/// complete (<see cref="BeginDatabase"/>); the .snap file is durable (<see cref="Save"/>); the log records it
/// (<see cref="WriteAheadLog.SaveSnapshot"/>, then the hard state); the .snap.db file takes the store's place
/// (<see cref="PromoteDatabase"/>). A start that finds the store older than the snapshot repeats the last step.
/// </remarks>
internal sealed class SnapshotDirectory(IDisk disk, string directory, ILogger logger)
{
    /// <summary>Where the directory counts.</summary>
    public SnapMetrics Metrics { get; init; } = SnapMetrics.Unheard;

    public const string DatabaseSuffix = ".snap.db";

    /// <summary>etcd deletes files with this prefix at its start, and so do we.</summary>
    public const string TemporaryPrefix = "tmp";

    private const string BrokenSuffix = ".broken";

    /// <summary>A .snap file holds a position and a membership; this is far beyond any real one, and the most we read.</summary>
    private const long SnapshotFileBytesMax = 512 << 20;

    /// <summary>What a defragmentation that did not finish leaves behind.</summary>
    private const string DefragmentationPrefix = "db.tmp";

    /// <summary>Sets the temporary files of stores apart that are received at once, also where they are of the same snapshot.</summary>
    private int _received;

    public string Path => directory;

    /// <summary>Writes the .snap file of a snapshot under its name, complete and durable. An empty snapshot is no file.</summary>
    public void Save(Snapshot snapshot)
    {
        if (snapshot.IsEmpty)
        {
            return;
        }

        var started = Stopwatch.GetTimestamp();
        var name = new SnapshotFileName(snapshot.Metadata.Term, snapshot.Metadata.Index).ToString();
        var bytes = SnapshotEnvelope.Encode(snapshot);
        Metrics.EncodeSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        var temporary = In($"{TemporaryPrefix}.{name}");
        using (var file = disk.Open(temporary, DiskOpen.OpenOrCreate))
        {
            file.SetLength(0);
            file.WriteAt(0, bytes);
            var written = Stopwatch.GetTimestamp();
            file.SyncData();
            Metrics.SyncSeconds.Record(Stopwatch.GetElapsedTime(written).TotalSeconds);
        }

        disk.Rename(temporary, In(name));
        disk.SyncDirectory(directory);
        Metrics.SaveSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>The newest snapshot that can be read; null when there is none. Files that cannot be read get the suffix .broken.</summary>
    public Snapshot? LoadNewest() => LoadNewest(static _ => true);

    /// <summary>
    /// The newest snapshot that the log knows: of a snapshot that the log does not know, the state that goes with it
    /// was never made durable.
    /// </summary>
    public Snapshot? LoadNewest(IReadOnlyCollection<WalSnapshotMark> known) =>
        LoadNewest(metadata => known.Any(mark => mark.Index == metadata.Index && mark.Term == metadata.Term));

    /// <summary>Reads one .snap file: null and the reason when it is damaged.</summary>
    public Snapshot? TryRead(string name, out string? problem)
    {
        using var file = disk.Open(In(name), DiskOpen.ReadExisting);
        if (file.Length > SnapshotFileBytesMax)
        {
            problem = $"the file has {file.Length} bytes, at most {SnapshotFileBytesMax} are read";
            return null;
        }

        var bytes = new byte[file.Length];
        var read = file.ReadAt(0, bytes);
        problem = SnapshotEnvelope.TryDecode(bytes.AsMemory(0, read), out var snapshot);
        return problem is null ? snapshot : null;
    }

    /// <summary>The .snap files, newest first.</summary>
    public IReadOnlyList<SnapshotFileName> List()
    {
        var files = new List<SnapshotFileName>();
        foreach (var name in disk.ListNames(directory))
        {
            if (SnapshotFileName.TryParse(name, out var parsed))
            {
                files.Add(parsed);
            }
        }

        files.Sort((left, right) => (right.Term, right.Index).CompareTo((left.Term, left.Index)));
        return files;
    }

    /// <summary>Begins to receive the store of a snapshot; it appears as .snap.db file only when it is complete.</summary>
    public SnapshotDatabaseWriter BeginDatabase(ulong index) =>
        new(
            disk,
            directory,
            $"{TemporaryPrefix}.{Interlocked.Increment(ref _received):d}.{index:x16}{DatabaseSuffix}",
            DatabasePath(index)
        );

    public string DatabasePath(ulong index) => In($"{index:x16}{DatabaseSuffix}");

    public bool HasDatabase(ulong index) => disk.FileExists(DatabasePath(index));

    /// <summary>
    /// Puts the received store of a snapshot in the place of the member's own, in one step. False when there is no
    /// such file: then nothing was changed. The member's own store must be closed.
    /// </summary>
    public bool PromoteDatabase(ulong index, string storePath)
    {
        if (!HasDatabase(index))
        {
            return false;
        }

        disk.Rename(DatabasePath(index), storePath);
        disk.SyncDirectory(directory);
        if (System.IO.Path.GetDirectoryName(storePath) is { Length: > 0 } parent && parent != directory)
        {
            disk.SyncDirectory(parent);
        }

        return true;
    }

    /// <summary>
    /// Deletes received stores of snapshots older than the one at <paramref name="index"/>, once that one is durable: raft
    /// has refused what came with them, and nothing refers to them any more.
    /// </summary>
    public void ReleaseDatabases(ulong index)
    {
        foreach (var name in disk.ListNames(directory))
        {
            // What is still being received has the suffix already, behind the prefix of temporary files.
            if (!name.EndsWith(DatabaseSuffix, StringComparison.Ordinal) || IsTemporary(name))
            {
                continue;
            }

            if (!IsDatabase(name, out var databaseIndex))
            {
                SnapLog.NoIndexInName(logger, name, "the name does not begin with a hexadecimal number of 64 bits");
            }
            else if (databaseIndex < index)
            {
                SnapLog.OrphanedDatabase(logger, name);
                DeleteOrphan(name);
            }
        }
    }

    /// <summary>At start: deletes what interrupted receptions and defragmentations have left.</summary>
    public void DeleteLeftovers()
    {
        foreach (var name in disk.ListNames(directory))
        {
            if (IsTemporary(name))
            {
                disk.DeleteFile(In(name));
            }
            else if (name.StartsWith(DefragmentationPrefix, StringComparison.Ordinal))
            {
                SnapLog.OrphanedDefragmentation(logger, name);
                disk.DeleteFile(In(name));
            }
        }
    }

    /// <summary>
    /// Deletes the oldest .snap files, and apart from them the oldest .snap.db files, beyond <paramref name="filesMax"/>; 0
    /// keeps all. Returns the names of those deleted.
    /// </summary>
    public IReadOnlyList<string> Purge(int filesMax)
    {
        var purged = new List<string>();
        if (filesMax <= 0)
        {
            return purged;
        }

        purged.AddRange(List().Skip(filesMax).Reverse().Select(file => file.ToString()));
        var databases = disk.ListNames(directory).Where(name => IsDatabase(name, out _)).Order(StringComparer.Ordinal).ToList();
        purged.AddRange(databases.Take(Math.Max(0, databases.Count - filesMax)));
        purged.ForEach(name => disk.DeleteFile(In(name)));
        return purged;
    }

    /// <summary>A file that stays costs space, nothing else; the next snapshot tries again.</summary>
    private void DeleteOrphan(string name)
    {
        try
        {
            disk.DeleteFile(In(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SnapLog.OrphanedDatabaseStays(logger, name, e.Message);
        }
    }

    private Snapshot? LoadNewest(Func<SnapshotMetadata, bool> wanted)
    {
        foreach (var name in List())
        {
            var snapshot = TryRead(name.ToString(), out var problem);
            if (snapshot is null)
            {
                SnapLog.Broken(logger, name.ToString(), directory, problem!);
                disk.Rename(In(name.ToString()), In(name + BrokenSuffix));
            }
            else if (wanted(snapshot.Metadata))
            {
                return snapshot;
            }
        }

        return null;
    }

    private static bool IsTemporary(string name) => name.StartsWith(TemporaryPrefix, StringComparison.Ordinal);

    private static bool IsDatabase(string name, out ulong index)
    {
        index = 0;
        return name.EndsWith(DatabaseSuffix, StringComparison.Ordinal)
            && SnapshotFileName.TryParseHex(name.AsSpan(0, name.Length - DatabaseSuffix.Length), out index);
    }

    private string In(string name) => System.IO.Path.Combine(directory, name);
}
