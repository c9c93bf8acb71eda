using System.Globalization;
using System.Text;
using EtcdSharp.Mvcc;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Bolt;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Offline;

/// <summary>What a snapshot or store file holds.</summary>
/// <param name="Hash">The CRC-32C over the names, keys and values of all buckets.</param>
/// <param name="Revision">The newest revision.</param>
/// <param name="TotalKeys">The keys that exist at that revision.</param>
/// <param name="TotalBytes">The length of the store, without what was preallocated or appended.</param>
/// <param name="Version">The storage version; empty for files of releases before 3.6.</param>
internal sealed record SnapshotStatus(uint Hash, long Revision, long TotalKeys, long TotalBytes, string Version)
{
    /// <summary>Reads all of a file after checking it; null and what is wrong with it, in one line or a list of damages.</summary>
    public static SnapshotStatus? TryRead(IDisk disk, string path, TimeSpan lockTimeout, out string? problem)
    {
        using var file = StoreFile.TryOpenReadOnly(disk, path, lockTimeout, out problem);
        if (file is null)
        {
            return null;
        }

        using var read = file.BeginRead();
        var findings = read.Check();
        if (findings.Count > 0)
        {
            problem =
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"snapshot file integrity check failed. {findings.Count} errors found.\n"
                ) + string.Join('\n', findings.Select(BoltWords.Describe));
            return null;
        }

        try
        {
            return Read(read, out problem);
        }
        catch (InvalidDataException damage)
        {
            problem = $"error during bucket key iteration, name: \"key\" err: {damage.Message}";
            return null;
        }
    }

    private static SnapshotStatus? Read(BoltReadTransaction read, out string? problem)
    {
        var hash = 0U;
        var keys = new LiveKeys();
        var buckets = read.Cursor();
        for (var found = buckets.SeekFirst(); found; found = buckets.Next())
        {
            hash = Crc32C.Append(hash, buckets.Key);
            var isKeyBucket = buckets.Key.SequenceEqual(BucketNames.Of(BackendBucket.Key));
            if (read.Bucket(buckets.Key) is not { } bucket)
            {
                // No check finds it: the root may hold such a thing, but nobody puts it there.
                problem = $"cannot get hash of bucket {Encoding.UTF8.GetString(buckets.Key)}";
                return null;
            }

            var entries = bucket.Cursor();
            for (var more = entries.SeekFirst(); more; more = entries.Next())
            {
                hash = Crc32C.Append(Crc32C.Append(hash, entries.Key), entries.Value);
                if (isKeyBucket)
                {
                    keys.Add(entries.Key, entries.Value);
                }
            }
        }

        problem = null;
        return new SnapshotStatus(hash, keys.Revision, keys.Count, read.SizeBytes, VersionOf(read));
    }

    private static string VersionOf(BoltReadTransaction read) =>
        read.Bucket(BucketNames.Of(BackendBucket.Meta)) is { } meta && meta.TryGet(MetaKeys.StorageVersion, out var version)
            ? Encoding.ASCII.GetString(version)
            : "";

    /// <summary>The keys that are there after the changes seen so far, which come in the order of their revisions.</summary>
    private sealed class LiveKeys
    {
        private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

        public long Revision { get; private set; }

        public int Count => _keys.Count;

        public void Add(ReadOnlySpan<byte> encodedRevision, ReadOnlySpan<byte> value)
        {
            Revision = Storage.Backend.Revision.Decode(encodedRevision, out var tombstone).Main;

            // A byte becomes a char: keys are not always text, and strings are compared fast.
            var key = Encoding.Latin1.GetString(StoredKeyValue.Parse(value).Key);
            if (tombstone)
            {
                _keys.Remove(key);
            }
            else
            {
                _keys.Add(key);
            }
        }
    }
}
