using System.Diagnostics;
using EtcdSharp.Storage.Bolt;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Storage.Backend;

/// <summary>What concerns the file as a whole.</summary>
internal sealed partial class BackendStore
{
    /// <summary>Bounds the memory of a defragmentation: 10,000 keys per transaction of the copy, as etcd.</summary>
    private const int DefragmentKeysPerCommit = 10_000;

    /// <summary>
    /// Some milliseconds' work. A round takes as long as it takes to repeat what was written during the one before, which is
    /// a fraction of the time it took to write it; so ten rounds are many, and a writer that outruns them fills the batch.
    /// </summary>
    private const long SmallChanges = 2_000;

    private const int CatchUpRoundsMax = 10;

    /// <summary>Left behind by a crash during a defragmentation; overwritten by the next one.</summary>
    private const string DefragmentSuffix = ".tmp.defrag";

    /// <summary>Commits, then streams the file as of that moment while writes go on.</summary>
    public BackendSnapshot Snapshot() => new(BeginCommittedRead(), _options.Metrics);

    /// <summary>The CRC-32C over all buckets as the Hash call answers it, after a commit.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public uint Hash(CancellationToken cancellationToken = default)
    {
        using var read = BeginCommittedRead();
        var hash = 0U;
        var buckets = read.Cursor();
        for (var found = buckets.SeekFirst(); found; found = buckets.Next())
        {
            hash = Crc32C.Append(hash, buckets.Key);
            var isMeta = buckets.Key.SequenceEqual(BucketNames.Of(BackendBucket.Meta));
            var entries = (read.Bucket(buckets.Key) ?? throw LostBucket()).Cursor();
            for (var more = entries.SeekFirst(); more; more = entries.Next())
            {
                cancellationToken.ThrowIfCancellationRequested();

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

    public string FilePath => _path;

    public bool IsDefragmenting => Volatile.Read(ref _isDefragmenting);

    /// <summary>
    /// Rewrites the file without its free pages. Reads and writes go on: a copy of one state is brought up to the next,
    /// each time with less to catch up, and only for the last, small step commits wait (writes go into the batch even then).
    /// </summary>
    /// <exception cref="OperationCanceledException">The store is being closed; the file is as it was.</exception>
    public void Defragment()
    {
        ThrowInsideWrite();
        lock (_defragmenting)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _closing), this);
            var start = Stopwatch.GetTimestamp();
            var copyPath = _path + DefragmentSuffix;
            DeleteIfThere(copyPath);
            var isDone = false;
            Volatile.Write(ref _isDefragmenting, true);
            try
            {
                CopyAndSwap(copyPath);
                isDone = true;
            }
            finally
            {
                Volatile.Write(ref _isDefragmenting, false);
                if (!isDone)
                {
                    DeleteIfThere(copyPath);
                }
            }

            _options.Metrics.DefragmentSeconds.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
    }

    private void CopyAndSwap(string copyPath)
    {
        var copy = BoltFile.Open(_disk, copyPath, FileOptions(_options) with { NameInMessages = _path });
        var isSwapped = false;
        var copied = BeginCommittedRead();
        try
        {
            copied.CompactInto(copy, DefragmentKeysPerCommit, _stopDefragmenting.Token);
            long changes;
            var rounds = 0;
            do
            {
                var next = BeginCommittedRead();
                try
                {
                    changes = next.CopyChangesInto(copy, copied, DefragmentKeysPerCommit, _stopDefragmenting.Token);
                }
                finally
                {
                    copied.Dispose();
                    copied = next;
                }
            } while (changes > SmallChanges && ++rounds < CatchUpRoundsMax);

            lock (_committing)
            {
                Commit([], 0);
                using (var last = _file.BeginRead())
                {
                    last.CopyChangesInto(copy, copied, DefragmentKeysPerCommit, CancellationToken.None);
                }

                Swap(copy, copyPath);
                isSwapped = true;
            }
        }
        finally
        {
            copied.Dispose();
            if (!isSwapped)
            {
                copy.Dispose();
            }
        }
    }

    /// <summary>The old file stays open, and its readers readable, after the copy has taken its name. Under the commit lock.</summary>
    private void Swap(BoltFile copy, string copyPath)
    {
        var old = _file;
        try
        {
            _disk.Rename(copyPath, _path);
            _disk.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        }
        catch (IOException error)
        {
            // Which of the two files has the name after a crash is not known any more; what is committed to either could be lost.
            _options.CommitFailed(error);
            throw;
        }

        Volatile.Write(ref _file, copy);
        Publish(new ReadHandle(copy.BeginRead()), null);
        old.Dispose();
    }

    private BoltCorruptionException LostBucket() =>
        new(_path, 0, BoltDamage.BadBucket, "the root lists a bucket that cannot be found by its name");

    private void DeleteIfThere(string path)
    {
        if (_disk.FileExists(path))
        {
            _disk.DeleteFile(path);
        }
    }
}
