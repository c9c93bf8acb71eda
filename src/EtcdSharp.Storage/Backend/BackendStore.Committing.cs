using System.Buffers.Binary;
using System.Diagnostics;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Backend;

/// <summary>How batches get into the file.</summary>
internal sealed partial class BackendStore
{
    /// <summary>Revisions only grow, so that pages of the key bucket are filled at the end and need little room.</summary>
    private const double AppendFillPercent = 0.9;

    /// <summary>How long the committing thread waits for the gate before it looks whether the writer has sealed the batch.</summary>
    private const int SealPollMs = 1;

    /// <summary>Removes entries from the key bucket and notes a compaction as finished (0: not yet); returns when both are durable.</summary>
    internal void DeleteKeys(List<Revision> plain, List<Revision> tombstones, long finishedCompaction)
    {
        var keys = new List<byte[]>(plain.Count + tombstones.Count);
        foreach (var revision in plain)
        {
            keys.Add(Encoded(revision, tombstone: false));
        }

        foreach (var revision in tombstones)
        {
            keys.Add(Encoded(revision, tombstone: true));
        }

        lock (_committing)
        {
            Commit(keys, finishedCompaction);
        }
    }

    /// <summary>Commits, then gives a read transaction of its own on the file, which may live long without holding up the batches' memory.</summary>
    internal BoltReadTransaction BeginCommittedRead()
    {
        ThrowInsideWrite();
        lock (_committing)
        {
            Commit([], 0);
            return _file.BeginRead();
        }
    }

    private static byte[] Encoded(Revision revision, bool tombstone)
    {
        var key = new byte[tombstone ? Revision.TombstoneLength : Revision.EncodedLength];
        revision.Encode(key, tombstone);
        return key;
    }

    private void CommitAgainAndAgain()
    {
        while (!Volatile.Read(ref _closing))
        {
            _wake.Wait(_options.CommitIntervalMs);
            _wake.Reset();
            if (Volatile.Read(ref _view).Current.Operations == 0)
            {
                continue;
            }

            lock (_committing)
            {
                Commit([], 0);
            }
        }
    }

    /// <summary>Seals the current batch and writes it into the file, with what compaction deletes. Under the commit lock.</summary>
    private void Commit(List<byte[]> deletedKeys, long finishedCompaction)
    {
        if (_view.Current.IsEmpty && deletedKeys.Count == 0 && finishedCompaction == 0)
        {
            return;
        }

        var batch = RequestSeal();
        var start = Stopwatch.GetTimestamp();
        BoltCommitTimes parts;
        try
        {
            using var write = _file.BeginWrite();
            WriteInto(write, batch);
            DeleteFrom(write, deletedKeys, finishedCompaction);
            write.Commit();
            parts = write.CommitTimes;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _options.CommitFailed(error);
            throw;
        }

        _options.Metrics.CommitRebalanceSeconds.Record(parts.Rebalance.TotalSeconds);
        _options.Metrics.CommitSpillSeconds.Record(parts.Spill.TotalSeconds);
        _options.Metrics.CommitWriteSeconds.Record(parts.Write.TotalSeconds);
        _options.Metrics.CommitSeconds.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
        Publish(new ReadHandle(_file.BeginRead()), batch);
    }

    /// <summary>Waits until the current batch is sealed, at the end of an entry or at once when nobody writes.</summary>
    private WriteBatch RequestSeal()
    {
        _sealedNow.Reset();
        Volatile.Write(ref _sealRequested, true);
        while (true)
        {
            if (_sealedNow.IsSet)
            {
                return _view.Sealed!;
            }

            if (_gate.TryEnter(SealPollMs))
            {
                if (_sealRequested)
                {
                    Seal();
                }

                _gate.Exit();
            }
        }
    }

    /// <summary>Inside the write gate, between two entries, at the request of the committing thread.</summary>
    private void Seal()
    {
        var view = _view;
        Show(new BackendView(view.Handle, view.Current, new WriteBatch(_memory)));
        Volatile.Write(ref _sealRequested, false);
        _sealedNow.Set();
    }

    /// <summary>Lets readers see the file with the batch instead of the batch, in one step.</summary>
    private void Publish(ReadHandle handle, WriteBatch? committed)
    {
        var view = _view;
        Show(new BackendView(handle, null, view.Current));
        view.Handle.Supersede(handle, committed);
        Volatile.Write(ref _sizeBytes, _file.SizeBytes);
        Volatile.Write(ref _inUseBytes, _file.InUseBytes);
        _options.Metrics.SizeBytes.Record(_sizeBytes);
        _options.Metrics.InUseBytes.Record(_inUseBytes);
        _options.Metrics.OpenReads.Record(_file.OpenReadTransactions);
    }

    /// <summary>The one place where readers are given another view.</summary>
    private void Show(BackendView view)
    {
        Volatile.Write(ref _view, view);
        ViewChanged?.Invoke();
    }

    private static void WriteInto(BoltWriteTransaction write, WriteBatch batch)
    {
        var keys = Bucket(write, BackendBucket.Key);
        keys.FillPercent = AppendFillPercent;
        Span<byte> encoded = stackalloc byte[Revision.TombstoneLength];
        var count = batch.KeyCount;
        for (var i = 0; i < count; i++)
        {
            ref readonly var entry = ref batch.KeyAt(i);
            var length = entry.Revision.Encode(encoded, entry.IsTombstone);
            keys.Put(encoded[..length], entry.Value);
        }

        for (var bucket = BackendBucket.Key + 1; (int)bucket < BucketNames.Count; bucket++)
        {
            if (batch.Changes(bucket) is not { } changes)
            {
                continue;
            }

            var target = Bucket(write, bucket);
            foreach (var (key, value) in changes)
            {
                if (value is null)
                {
                    target.Delete(key);
                }
                else
                {
                    target.Put(key, value);
                }
            }
        }

        WriteIndex(write, batch);
    }

    private static void WriteIndex(BoltWriteTransaction write, WriteBatch batch)
    {
        // An index of 0 means that none was applied since, and must not replace the one in the file.
        if (batch.Index == 0)
        {
            return;
        }

        var meta = Bucket(write, BackendBucket.Meta);
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(number, batch.Index);
        meta.Put(MetaKeys.ConsistentIndex, number);
        if (batch.Term > 0)
        {
            BinaryPrimitives.WriteUInt64BigEndian(number, batch.Term);
            meta.Put(MetaKeys.Term, number);
        }
    }

    private static void DeleteFrom(BoltWriteTransaction write, List<byte[]> deletedKeys, long finishedCompaction)
    {
        var keys = Bucket(write, BackendBucket.Key);
        foreach (var key in deletedKeys)
        {
            keys.Delete(key);
        }

        if (finishedCompaction > 0)
        {
            Span<byte> value = stackalloc byte[Revision.EncodedLength];
            new Revision(finishedCompaction, 0).Encode(value, tombstone: false);
            Bucket(write, BackendBucket.Meta).Put(MetaKeys.FinishedCompaction, value);
        }
    }

    private static BoltWriteBucket Bucket(BoltWriteTransaction write, BackendBucket bucket) =>
        write.Bucket(BucketNames.Of(bucket))
        ?? throw write.State.Damaged(0, BoltDamage.BadBucket, $"the bucket {bucket} is lost");

    /// <summary>Holds the writer back, before it has begun an entry, while the batch is far too full to be sealed soon.</summary>
    private void WaitForRoom()
    {
        var full = _view.Current;
        if (full.Operations < (long)_options.CommitOperations * FullBatchesMax && full.Bytes < PendingBytesMax)
        {
            return;
        }

        if (_committer is null)
        {
            ForceCommit();
            return;
        }

        // The lock is free between two commits and in none of its waits needs this thread: it is taken and given back in turn.
        while (ReferenceEquals(Volatile.Read(ref _view).Current, full))
        {
            _wake.Set();
            lock (_committing)
            {
                if (ReferenceEquals(_view.Current, full))
                {
                    Commit([], 0);
                }
            }
        }
    }
}
