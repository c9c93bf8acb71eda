using System.Diagnostics;
using EtcdSharp.Mvcc.Index;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Wal;

namespace EtcdSharp.Mvcc;

/// <summary>
/// Takes compacted revisions out of the index and off the disk, on a thread of its own, one compaction after the
/// other, in small steps with pauses. What is not finished at a stop goes on after the restart.
/// </summary>
internal sealed class MvccCompaction(BackendStore backend, KeyIndex index, RangePins pins, MvccOptions options) : IDisposable
{
    private const int HashesKept = 10;

    private readonly Lock _gate = new();
    private readonly Queue<Job> _jobs = new();
    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;
    private Task _lastFinished = Task.CompletedTask;
    private KvHash[] _hashes = [];
    private Job? _job;
    private Step? _step;

    /// <summary>Ends when everything asked for so far is done.</summary>
    public Task LastFinished => Volatile.Read(ref _lastFinished);

    /// <summary>Oldest first.</summary>
    public KvHash[] Hashes => Volatile.Read(ref _hashes);

    /// <summary>The task ends when the compaction is on the disk; it is cancelled when the store closes before.</summary>
    public Task Schedule(long revision, long previous, bool previousIsComplete)
    {
        var job = new Job(revision, previous, previousIsComplete);
        lock (_gate)
        {
            if (_stop.IsSet)
            {
                job.Finished.SetCanceled();
                return job.Finished.Task;
            }

            _jobs.Enqueue(job);
            _lastFinished = job.Finished.Task;
            if (_thread is null && options.CompactsOnOwnThread)
            {
                _thread = new Thread(Run) { Name = "compaction", IsBackground = true };
                _thread.Start();
            }
        }

        return job.Finished.Task;
    }

    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _stop.Set();
            thread = _thread;
        }

        thread?.Join();
        lock (_gate)
        {
            _job?.Finished.TrySetCanceled();
            while (_jobs.TryDequeue(out var job))
            {
                job.Finished.SetCanceled();
            }
        }
    }

    /// <summary>One step of the oldest compaction that is not done; false when there is none. One caller at a time.</summary>
    public bool DoStep()
    {
        if (_job is null)
        {
            lock (_gate)
            {
                if (_stop.IsSet || !_jobs.TryDequeue(out _job))
                {
                    return false;
                }
            }
        }

        if (_step is null)
        {
            if (IsHeldBack(_job))
            {
                return true;
            }

            options.CompactionStarted?.Invoke(_job.Revision);
            var indexStart = Stopwatch.GetTimestamp();
            index.Compact(_job.Revision);
            options.Metrics.IndexCompactionMs.Record(Stopwatch.GetElapsedTime(indexStart).TotalMilliseconds);
            _step = new Step(index.AnyVersionUpTo(_job.Revision), KvHashing.Begin(), Stopwatch.GetTimestamp());
        }

        if (Compact(_job, _step))
        {
            _job.Finished.SetResult();
            _job = null;
            _step = null;
        }

        return true;
    }

    /// <summary>Long reads of older revisions are let come to their end, but not for ever: a caller may never take his answer.</summary>
    private bool IsHeldBack(Job job)
    {
        if (!pins.AnyBelow(job.Revision))
        {
            return false;
        }

        if (Stopwatch.GetElapsedTime(job.Scheduled).TotalMilliseconds < options.LongReadGraceMs)
        {
            return true;
        }

        pins.LoseBelow(job.Revision);
        return false;
    }

    /// <summary>The thread lives as long as there is something to compact.</summary>
    private void Run()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_stop.IsSet || (_job is null && _jobs.Count == 0))
                {
                    _thread = null;
                    return;
                }
            }

            if (!TryStep())
            {
                return;
            }

            if (_job is not null)
            {
                // A pause of none is for tests; a compaction that is held back would spin.
                _stop.Wait(_step is null ? Math.Max(1, options.CompactionPauseMs) : options.CompactionPauseMs);
            }
        }
    }

    /// <summary>A store that cannot be read any more is not compacted further: what it would delete may be what others need.</summary>
    private bool TryStep()
    {
        try
        {
            DoStep();
            return true;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            options.Failed("compacting the store", failure);
            _job?.Finished.TrySetException(failure);
            return false;
        }
    }

    /// <summary>True when that was the last step of the job.</summary>
    private bool Compact(Job job, Step step)
    {
        var stepStart = Stopwatch.GetTimestamp();
        var isLast = ReadStep(job, step);
        backend.DeleteKeys(step.Plain, step.Tombstones, isLast ? job.Revision : 0);
        options.Metrics.CompactedKeys.Add(step.Plain.Count + step.Tombstones.Count);
        step.Deleted += step.Plain.Count + step.Tombstones.Count;
        options.Metrics.CompactionPauseMs.Record(Stopwatch.GetElapsedTime(stepStart).TotalMilliseconds);
        if (isLast)
        {
            options.Metrics.CompactionTotalMs.Record(Stopwatch.GetElapsedTime(step.Start).TotalMilliseconds);
            options.Metrics.CompactionLast.Record(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            Keep(job, step.Crc);
            options.CompactionFinished?.Invoke(
                new CompactionReport(
                    job.Revision,
                    step.Deleted,
                    Stopwatch.GetElapsedTime(step.Start),
                    step.Crc,
                    job.PreviousIsComplete
                )
            );
        }

        return isLast;
    }

    /// <summary>Looks at the next entries; true when the revision of the compaction is reached.</summary>
    private bool ReadStep(Job job, Step step)
    {
        step.Plain.Clear();
        step.Tombstones.Clear();
        using var read = backend.BeginCommittedRead();
        var cursor = read.Bucket(BucketNames.Of(BackendBucket.Key))!.Cursor();
        Span<byte> from = stackalloc byte[Revision.EncodedLength];
        step.Next.Encode(from, tombstone: false);
        var found = cursor.Seek(from);
        for (var seen = 0; found; seen++, found = cursor.Next())
        {
            var entry = Revision.Decode(cursor.Key, out var tombstone);
            if (entry.Main > job.Revision)
            {
                return true;
            }

            if (seen == options.CompactionBatchLimit)
            {
                step.Next = entry;
                return false;
            }

            var isKept = index.Find(StoredKeyValue.Parse(cursor.Value).Key)?.Holds(entry) ?? false;
            if (!isKept)
            {
                (tombstone ? step.Tombstones : step.Plain).Add(entry);
            }

            if (KvHashing.Counts(entry, tombstone, job.Previous, step.AnyKept, isKept))
            {
                step.Crc = Crc32C.Append(Crc32C.Append(step.Crc, cursor.Key), cursor.Value);
            }
        }

        return true;
    }

    /// <summary>A compaction that follows an interrupted one has not seen everything since the one before, and its hash is worth nothing.</summary>
    private void Keep(Job job, uint crc)
    {
        if (job.PreviousIsComplete)
        {
            KvHash[] hashes = [.. _hashes, new KvHash(crc, job.Previous, job.Revision)];
            Volatile.Write(ref _hashes, hashes.Length > HashesKept ? hashes[^HashesKept..] : hashes);
        }
    }

    private sealed class Job(long revision, long previous, bool previousIsComplete)
    {
        public long Revision { get; } = revision;

        public long Scheduled { get; } = Stopwatch.GetTimestamp();

        public long Previous { get; } = previous;

        public bool PreviousIsComplete { get; } = previousIsComplete;

        public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Step(bool anyKept, uint crc, long start)
    {
        public long Start { get; } = start;

        public bool AnyKept { get; } = anyKept;

        public uint Crc { get; set; } = crc;

        public Revision Next { get; set; }

        public long Deleted { get; set; }

        public List<Revision> Plain { get; } = [];

        public List<Revision> Tombstones { get; } = [];
    }
}
