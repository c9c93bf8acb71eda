using System.Diagnostics;
using EtcdSharp.Mvcc.Index;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Mvcc;

/// <summary>
/// The multi-version key-value store. Reads run on any thread against an immutable view and take no lock that a
/// writer holds; writes come from the apply thread alone, one transaction at a time.
/// </summary>
/// <remarks>
/// The order that reads rest on. A writer puts a change into the index and the batch, tells the watchers, and only
/// then publishes the revision. A reader takes the revision first, then the backend's view, then looks into the index;
/// so the view has every value that the index shows it. A compaction raises the compacted revision, then shortens the
/// index, then deletes from the file; so a reader whose revision is still not below the compacted one after it has
/// read, has read everything.
/// </remarks>
internal sealed class MvccStore : IDisposable
{
    private readonly KeyIndex _index;
    private readonly RangePins _pins = new();
    private readonly MvccWriteTransaction _write;
    private readonly MvccCompaction _compaction;
    private long _currentRevision = 1;
    private long _compactedRevision = -1;

    /// <summary>Opens the store over a backend and restores the index (and the leases' keys) from it.</summary>
    public MvccStore(BackendStore backend, ILeaseAttachments leases, IWatchNotifier watchers, MvccOptions options)
    {
        Backend = backend;
        Metrics = options.Metrics;
        Leases = leases;
        Watchers = watchers;
        _index = new KeyIndex(options.HashSeed);
        _write = new MvccWriteTransaction(this, _index);
        _compaction = new MvccCompaction(backend, _index, _pins, options);
        var scheduled = Restore();
        Metrics.Keys.Record(_index.LiveKeys);
        Metrics.CurrentRevision.Record(_currentRevision);
        Metrics.CompactRevision.Record(_compactedRevision);
        if (scheduled > Math.Max(0, _compactedRevision))
        {
            Compact(scheduled, out _);
        }
    }

    /// <summary>The newest revision that is readable. Starts at 1.</summary>
    public long CurrentRevision => Volatile.Read(ref _currentRevision);

    /// <summary>The revision of the last compaction, -1 before the first.</summary>
    public long CompactedRevision => Volatile.Read(ref _compactedRevision);

    /// <summary>Keys that exist at the newest revision.</summary>
    public long KeyCount => _index.LiveKeys;

    /// <summary>Hashes kept from finished compactions, oldest first, at most 10.</summary>
    public IReadOnlyList<KvHash> CompactionHashes => _compaction.Hashes;

    internal BackendStore Backend { get; }

    internal MvccMetrics Metrics { get; }

    internal ILeaseAttachments Leases { get; }

    internal IWatchNotifier Watchers { get; }

    /// <summary>
    /// Publishes a revision before its transaction is complete, as no store may: the concurrency test sets it to show
    /// that it would notice.
    /// </summary>
    internal bool PublishTooEarly { get; set; }

    /// <summary>Reads a range at the newest or the query's revision; any thread.</summary>
    public MvccStatus Range(in RangeQuery query, RangeResult result)
    {
        Metrics.Ranges.Add(1);
        while (true)
        {
            var current = CurrentRevision;
            using var reader = Backend.BeginRead();
            var status = ReadAt(reader, current, query, result);

            // A compaction of a newer revision overtook a read of the newest: there is a newer newest now.
            if (status != MvccStatus.Compacted || query.Revision > 0)
            {
                return status;
            }
        }
    }

    /// <summary>
    /// Begins a range read of any length, done in slices on any thread, one at a time; null with the reason where the
    /// revision cannot be read. Until it is disposed a compaction leaves alone what it needs.
    /// </summary>
    public RangeWalk? BeginWalk(in RangeQuery query, out MvccStatus status)
    {
        while (true)
        {
            var current = CurrentRevision;
            if (query.Revision > current)
            {
                status = MvccStatus.FutureRevision;
                return null;
            }

            var pin = _pins.Add(query.Revision <= 0 ? current : query.Revision);
            if (pin.Revision >= CompactedRevision)
            {
                status = MvccStatus.Ok;
                return new RangeWalk(Backend, _index, _pins, pin, current, query);
            }

            _pins.Remove(pin);
            if (query.Revision > 0)
            {
                status = MvccStatus.Compacted;
                return null;
            }
        }
    }

    /// <summary>
    /// Keeps compactions from what is current at a revision, and later, until <see cref="Unpin"/>, or until one has waited
    /// too long. Apply thread, where no compaction can come between; the revision must not be compacted.
    /// </summary>
    internal RangePin Pin(long revision) => _pins.Add(revision);

    internal void Unpin(RangePin pin) => _pins.Remove(pin);

    /// <summary>Several reads at one revision; any thread. Dispose it soon: it holds on to a read view.</summary>
    public MvccReadTransaction BeginRead()
    {
        var current = CurrentRevision;
        return new MvccReadTransaction(this, _index, current, Backend.BeginRead());
    }

    /// <summary>The apply thread's write transaction (one object, used again and again). It holds the backend's write gate until its End.</summary>
    public MvccWriteTransaction BeginWrite()
    {
        _write.Begin(_currentRevision);
        return _write;
    }

    /// <summary>
    /// Fills <paramref name="events"/> with the history from <paramref name="fromRevision"/> up to and including
    /// <paramref name="toRevision"/> (at most the current one), whole revisions only, and stops after the revision
    /// that passes <paramref name="bytesMax"/>. <paramref name="nextRevision"/> is where to go on. Any thread.
    /// </summary>
    public MvccStatus ReadHistory(long fromRevision, long toRevision, long bytesMax, MvccEvents events, out long nextRevision)
    {
        events.Clear();
        nextRevision = fromRevision;
        var last = Math.Min(toRevision, CurrentRevision);
        if (fromRevision < CompactedRevision)
        {
            return MvccStatus.Compacted;
        }

        if (fromRevision > last)
        {
            return MvccStatus.Ok;
        }

        var visitor = new HistoryVisitor(events, last, bytesMax);
        using (var reader = Backend.BeginRead())
        {
            reader.VisitKeys(new Revision(fromRevision, 0), ref visitor);
        }

        if (fromRevision < CompactedRevision)
        {
            events.Clear();
            return MvccStatus.Compacted;
        }

        nextRevision = visitor.NextRevision;
        return MvccStatus.Ok;
    }

    /// <summary>
    /// The compaction counts from now on; <paramref name="physical"/> ends when the old revisions are off the disk, also
    /// those that were compacted before.
    /// Apply thread, inside the log entry that asks for it.
    /// </summary>
    public MvccStatus Compact(long revision, out Task physical)
    {
        physical = _compaction.LastFinished;
        if (revision <= _compactedRevision)
        {
            return MvccStatus.Compacted;
        }

        if (revision > _currentRevision)
        {
            physical = Task.CompletedTask;
            return MvccStatus.FutureRevision;
        }

        var previous = _compactedRevision;
        var previousIsComplete = ReadRevision(MetaKeys.ScheduledCompaction) == ReadRevision(MetaKeys.FinishedCompaction);
        Volatile.Write(ref _compactedRevision, revision);
        Span<byte> encoded = stackalloc byte[Revision.EncodedLength];
        new Revision(revision, 0).Encode(encoded, tombstone: false);
        Backend.Put(BackendBucket.Meta, MetaKeys.ScheduledCompaction, encoded);
        Metrics.CompactRevision.Record(revision);
        physical = _compaction.Schedule(revision, previous, previousIsComplete);
        return MvccStatus.Ok;
    }

    /// <summary>Without a thread for compaction: one step of it; false when nothing is left to do.</summary>
    public bool CompactStep() => _compaction.DoStep();

    /// <summary>The hash of all revisions up to one (0: the current one), equal on every member. Any thread; takes its time. Not inside an entry.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before the end.</exception>
    public MvccStatus HashKv(
        long revision,
        out KvHash hash,
        out long currentRevision,
        CancellationToken cancellationToken = default
    )
    {
        foreach (var kept in _compaction.Hashes)
        {
            if (kept.Revision == revision)
            {
                hash = kept;
                currentRevision = CurrentRevision;
                return MvccStatus.Ok;
            }
        }

        var start = Stopwatch.GetTimestamp();
        var status = ComputeHash(revision, out hash, out currentRevision, cancellationToken);
        Metrics.HashRevisionSeconds.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
        return status;
    }

    /// <summary>The hash over the whole backend, as the Hash call answers it. Not inside an entry.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before the end.</exception>
    public uint Hash(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var hash = Backend.Hash(cancellationToken);
        Metrics.HashSeconds.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
        return hash;
    }

    /// <summary>Stops the compaction thread. The backend is the owner's to dispose, afterwards.</summary>
    public void Dispose() => _compaction.Dispose();

    /// <summary>Runs a query at a revision as of <paramref name="current"/>; the reader must have been begun after that one was read.</summary>
    internal MvccStatus ReadAt(BackendReader reader, long current, in RangeQuery query, RangeResult result)
    {
        result.Clear();
        result.Revision = current;
        if (query.Revision > current)
        {
            return MvccStatus.FutureRevision;
        }

        var revision = query.Revision <= 0 ? current : query.Revision;
        if (revision < CompactedRevision)
        {
            return MvccStatus.Compacted;
        }

        if (!new RangeExecution(_index, reader, result).TryRun(query, revision))
        {
            return MvccStatus.TooLong;
        }

        if (revision < CompactedRevision)
        {
            result.Clear();
            return MvccStatus.Compacted;
        }

        return MvccStatus.Ok;
    }

    /// <summary>Shows a range as of a revision to a visitor; the reader must have been begun after that revision was read.</summary>
    internal void VisitAt<TVisitor>(
        BackendReader reader,
        long revision,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> rangeEnd,
        bool withValues,
        ref TVisitor visitor
    )
        where TVisitor : struct, IKeyVisitor, allows ref struct
    {
        var range = new KeyRange(key, rangeEnd);
        if (range.IsOneKey)
        {
            if (_index.TryGet(key, revision, out var only))
            {
                visitor.Visit(only, withValues ? ReadKey(reader, only.Revision) : default);
            }

            return;
        }

        var scan = _index.Scan(range.Key, range.End, range.HasEnd);
        while (scan.TryNext(out var record))
        {
            if (
                record.TryGetAt(revision, out var version)
                && !visitor.Visit(version, withValues ? ReadKey(reader, version.Revision) : default)
            )
            {
                return;
            }
        }
    }

    /// <summary>The encoded key-value of a change that the index knows; valid while the reader is.</summary>
    internal static ReadOnlySpan<byte> ReadKey(BackendReader reader, Revision revision) =>
        reader.TryGetKey(revision, out var encoded)
            ? encoded
            : throw new InvalidOperationException($"the key bucket has lost revision {revision}, which the index has");

    /// <summary>As above for one key after the other.</summary>
    internal static ReadOnlySpan<byte> ReadKey(BackendReader reader, Revision revision, ref BoltPlace place) =>
        reader.TryGetKey(revision, ref place, out var encoded)
            ? encoded
            : throw new InvalidOperationException($"the key bucket has lost revision {revision}, which the index has");

    /// <summary>Makes a finished transaction readable.</summary>
    internal void Publish(long revision)
    {
        Volatile.Write(ref _currentRevision, revision);
        Metrics.CurrentRevision.Record(revision);
        Metrics.Keys.Record(_index.LiveKeys);
    }

    private MvccStatus ComputeHash(long asked, out KvHash hash, out long current, CancellationToken cancellationToken)
    {
        while (true)
        {
            hash = default;
            current = CurrentRevision;
            var compacted = CompactedRevision;
            if (asked > 0 && asked < compacted)
            {
                return MvccStatus.Compacted;
            }

            if (asked > current)
            {
                return MvccStatus.FutureRevision;
            }

            // A negative one is before everything: as in etcd only the bucket's name is hashed then.
            var revision = asked == 0 ? current : asked;
            using var read = Backend.BeginCommittedRead();
            if (compacted != CompactedRevision)
            {
                continue;
            }

            var crc = KvHashing.OfRevision(read, _index, compacted, revision, cancellationToken);
            if (asked < 0 || revision >= CompactedRevision)
            {
                hash = new KvHash(crc, compacted, revision);
                return MvccStatus.Ok;
            }
        }
    }

    /// <summary>Rebuilds the index; returns the compaction that was asked for last.</summary>
    private long Restore()
    {
        var scheduled = ReadRevision(MetaKeys.ScheduledCompaction);
        var finished = ReadRevision(MetaKeys.FinishedCompaction);
        _compactedRevision = finished == 0 ? -1 : finished;
        var visitor = new RestoreVisitor(_index);
        using (var reader = Backend.BeginRead())
        {
            reader.VisitKeys(new Revision(1, 0), ref visitor);
        }

        visitor.Finish(Leases);

        // The newest revisions may all have been deletions that a compaction took away, finished or not.
        _currentRevision = Math.Max(Math.Max(1, visitor.LastRevision), Math.Max(finished, scheduled));
        return scheduled;
    }

    private long ReadRevision(ReadOnlySpan<byte> metaKey) =>
        Backend.Get(BackendBucket.Meta, metaKey) is { } value ? Revision.Decode(value, out _).Main : 0;
}
