using System.Diagnostics;
using EtcdSharp.Storage.Bolt;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Storage.Backend;

/// <summary>What concerns the file as a whole.</summary>
internal sealed partial class BackendStore
{
    /// <summary>Bounds the memory of a defragmentation: 10,000 keys per transaction of the copy, as etcd.</summary>
    private const int DefragmentKeysPerCommit = 10_000;

    /// <summary>Left behind by a crash during a defragmentation; overwritten by the next one.</summary>
    private const string DefragmentSuffix = ".tmp.defrag";

    /// <summary>Commits, then streams the file as of that moment while writes go on.</summary>
    public BackendSnapshot Snapshot() => new(BeginCommittedRead());

    /// <summary>The CRC-32C over all buckets as the Hash call answers it, after a commit.</summary>
    public uint Hash()
    {
        using var read = BeginCommittedRead();
        var hash = 0U;
        var buckets = read.Cursor();
        for (var found = buckets.SeekFirst(); found; found = buckets.Next())
        {
            hash = Crc32C.Append(hash, buckets.Key);
            var isMeta = buckets.Key.SequenceEqual(BucketNames.Of(BackendBucket.Meta));
            var entries = read.Bucket(buckets.Key)!.Cursor();
            for (var more = entries.SeekFirst(); more; more = entries.Next())
            {
                // These differ between members that agree on everything a client sees.
                if (
                    isMeta
                    && (
                        entries.Key.SequenceEqual(MetaKeys.ConsistentIndex)
                        || entries.Key.SequenceEqual(MetaKeys.Term)
                        || entries.Key.SequenceEqual(MetaKeys.StorageVersion)
                    )
                )
                {
                    continue;
                }

                hash = Crc32C.Append(hash, entries.Key);
                hash = Crc32C.Append(hash, entries.Value);
            }
        }

        return hash;
    }

    /// <summary>
    /// Rewrites the file without its free pages. Reads go on throughout. Writes go on into the current batch, which is
    /// bounded: a writer that fills it up waits until the copy is done.
    /// </summary>
    public void Defragment()
    {
        ThrowInsideWrite();
        var start = Stopwatch.GetTimestamp();
        lock (_committing)
        {
            Commit([], 0);
            var copyPath = _path + DefragmentSuffix;
            if (_disk.FileExists(copyPath))
            {
                _disk.DeleteFile(copyPath);
            }

            using (var copy = BoltFile.Open(_disk, copyPath, FileOptions(_options)))
            {
                using var read = _file.BeginRead();
                read.CompactInto(copy, DefragmentKeysPerCommit);
            }

            // The old file stays open, and its readers readable, after another one has taken its name.
            _disk.Rename(copyPath, _path);
            _disk.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
            var old = _file;
            var fresh = BoltFile.Open(_disk, _path, FileOptions(_options));
            Volatile.Write(ref _file, fresh);
            Publish(new ReadHandle(fresh.BeginRead()), null);
            old.Dispose();
        }

        BackendMetrics.DefragmentSeconds.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
