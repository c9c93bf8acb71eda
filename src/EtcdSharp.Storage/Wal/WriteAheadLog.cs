using EtcdSharp.Platform;
using EtcdSharp.Raft;
using EtcdSharp.Raft.Wire;

namespace EtcdSharp.Storage.Wal;

/// <summary>
/// The write-ahead log of a member, open for writing. One thread writes; the locks keep other processes away.
/// After a failed write or sync nothing on disk is certain any more: the log then refuses everything but disposal,
/// because a repeated fsync reports success for pages that the kernel has already given up on.
/// </summary>
internal sealed class WriteAheadLog : IDisposable
{
    /// <summary>A sync that takes longer than this is worth a warning.</summary>
    private const long SlowSyncNanoseconds = 1_000_000_000;

    /// <summary>Commit indexes that no synced batch carries to the disk are written once they take this many bytes.</summary>
    private const int LazyBytesMax = 128 << 10;

    private readonly IDisk _disk;
    private readonly WalOptions _options;
    private readonly List<WalSegmentFile> _segments;
    private readonly WalSegmentPipeline _pipeline;
    private readonly byte[] _metadata;
    private readonly WalEncoder _encoder;
    private HardState _state;
    private long _writtenOffset;
    private bool _syncDue;
    private bool _failed;
    private bool _disposed;

    internal WriteAheadLog(
        IDisk disk,
        string directory,
        WalOptions options,
        List<WalSegmentFile> segments,
        WalContents contents,
        WalEncoder encoder,
        long endOffset
    )
    {
        _disk = disk;
        Directory = directory;
        _options = options;
        _segments = segments;
        _metadata = contents.Metadata;
        _state = contents.State;
        _encoder = encoder;
        _writtenOffset = endOffset;
        LastIndex = contents.LastIndex;
        _pipeline = new WalSegmentPipeline(disk, directory, options);
        if (endOffset >= NearBytes)
        {
            _pipeline.Near();
        }
    }

    public string Directory { get; }

    /// <summary>The index of the last entry appended, or of a snapshot recorded ahead of it.</summary>
    public ulong LastIndex { get; private set; }

    /// <summary>The highest index of a snapshot that was recorded since the log was opened; 0 for none.</summary>
    public ulong SnapshotIndex { get; private set; }

    /// <summary>Bytes of the current segment that hold records, those still buffered included.</summary>
    public long TailBytes => _writtenOffset + _encoder.Length;

    private WalSegmentFile Tail => _segments[^1];

    /// <summary>From here on in a segment the next one is made ready in full: late enough that a member that writes little spares the disk.</summary>
    private long NearBytes => _options.SegmentBytes / 4;

    public static bool Exists(IDisk disk, string directory) => WalDirectory.HasLog(disk, directory);

    /// <summary>
    /// Creates a log whose records begin with <paramref name="metadata"/> and an empty snapshot. It appears under its
    /// name complete and durable, or not at all.
    /// </summary>
    /// <exception cref="WalException">A log is there already.</exception>
    public static WriteAheadLog Create(IDisk disk, string directory, ReadOnlySpan<byte> metadata, WalOptions options) =>
        WalCreation.Create(disk, directory, metadata, options);

    /// <summary>Locks the segments from the one of the snapshot on, reads them, and mends a torn end.</summary>
    /// <exception cref="WalException">Another process holds the log, it is damaged, or it does not know the snapshot.</exception>
    public static OpenedWal Open(IDisk disk, string directory, WalSnapshotMark start, WalOptions options) =>
        WalOpening.Open(disk, directory, start, options);

    /// <summary>
    /// Buffers a batch: the entries, then the state unless it is empty. Nothing is durable before
    /// <see cref="Flush"/> has returned. Several batches may share one flush.
    /// </summary>
    public void Append(in HardState state, ReadOnlySpan<Entry> entries)
    {
        RequireUsable();
        foreach (ref readonly var entry in entries)
        {
            RaftWire.Encode(entry, _encoder.BeginRecord(WalRecordKind.Entry, RaftWire.SizeOf(entry)));
            _encoder.EndRecord();
            LastIndex = entry.Index;
        }

        _syncDue |= entries.Length > 0;
        if (!state.IsEmpty)
        {
            // A commit index alone may be lost: it is found again from the entries and the other members.
            _syncDue |= state.Term != _state.Term || state.Vote != _state.Vote;
            AppendState(state);
        }
    }

    /// <summary>
    /// Makes the buffered batches durable with one write and one sync. When all they hold is a new commit index they
    /// stay buffered for the next one. A full segment is closed and the next one begun.
    /// </summary>
    /// <returns>True when data was synced (or would have been, without the option that leaves syncs out).</returns>
    public bool Flush()
    {
        RequireUsable();
        if (TailBytes >= _options.SegmentBytes)
        {
            Cut();
            return true;
        }

        if (!_syncDue && _encoder.Length < LazyBytesMax)
        {
            return false;
        }

        WriteAndSync();
        return true;
    }

    /// <summary>Appends one batch and flushes: when it returns, the entries, term and vote are durable.</summary>
    public void Save(in HardState state, ReadOnlySpan<Entry> entries)
    {
        Append(state, entries);
        Flush();
    }

    /// <summary>Records a snapshot whose own file is already durable, and syncs.</summary>
    public void SaveSnapshot(in WalSnapshotMark mark)
    {
        RequireUsable();
        if (mark.ConfState is null && mark.Index > 0)
        {
            throw new ArgumentException("A snapshot behind the beginning of the log has a configuration.", nameof(mark));
        }

        mark.Encode(_encoder.BeginRecord(WalRecordKind.Snapshot, mark.EncodedBytes()));
        _encoder.EndRecord();
        LastIndex = Math.Max(LastIndex, mark.Index);
        SnapshotIndex = Math.Max(SnapshotIndex, mark.Index);
        WriteAndSync();
    }

    /// <summary>Writes what is buffered and syncs, whatever it is.</summary>
    public void Sync()
    {
        RequireUsable();
        WriteAndSync();
    }

    /// <summary>
    /// Gives up the segments that a start from a snapshot at <paramref name="index"/> does not need, so that a purge
    /// may delete them. The segment that the index falls into stays.
    /// </summary>
    public void ReleaseLockTo(ulong index)
    {
        var behind = _segments.FindIndex(segment => segment.Name.FirstIndex >= index);
        var kept = (behind < 0 ? _segments.Count : behind) - 1;
        for (var i = 0; i < kept; i++)
        {
            _segments[i].File.Dispose();
        }

        if (kept > 0)
        {
            _segments.RemoveRange(0, kept);
        }
    }

    /// <summary>Writes what is buffered, syncs unless the log has failed before, and gives the locks up.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        try
        {
            if (!_failed && _encoder.Length > 0)
            {
                WriteAndSync();
            }
        }
        finally
        {
            _pipeline.Dispose();
            _segments.ForEach(segment => segment.File.Dispose());
        }
    }

    private void AppendState(in HardState state)
    {
        RaftWire.Encode(state, _encoder.BeginRecord(WalRecordKind.State, RaftWire.SizeOf(state)));
        _encoder.EndRecord();
        _state = state;
    }

    private void WriteAndSync()
    {
        try
        {
            WriteBuffered(Tail.File);
            SyncFile(Tail.File);
            _syncDue = false;
        }
        catch
        {
            _failed = true;
            throw;
        }
    }

    private void WriteBuffered(IDiskFile file)
    {
        var buffered = _encoder.Buffered;
        if (buffered.IsEmpty)
        {
            return;
        }

        var started = _options.Clock.MonotonicNanoseconds;
        file.WriteAt(_writtenOffset, buffered);
        _options.Metrics.WriteDurationSeconds.Record((_options.Clock.MonotonicNanoseconds - started) / 1e9);
        _options.Metrics.WriteBytes.Add(buffered.Length);
        if (_writtenOffset < NearBytes && _writtenOffset + buffered.Length >= NearBytes)
        {
            _pipeline.Near();
        }

        _writtenOffset += buffered.Length;
        _encoder.Clear();
    }

    private void SyncFile(IDiskFile file)
    {
        if (_options.UnsafeNoFsync)
        {
            return;
        }

        var started = _options.Clock.MonotonicNanoseconds;
        file.SyncData();
        ObserveSync(started, file.Path);
    }

    private void ObserveSync(long started, string path)
    {
        var took = _options.Clock.MonotonicNanoseconds - started;
        _options.Metrics.FsyncDurationSeconds.Record(took / 1e9);
        if (took > SlowSyncNanoseconds)
        {
            WalLog.SlowSync(_options.Logger, path, took / 1e9, SlowSyncNanoseconds / 1e9);
        }
    }

    /// <summary>
    /// Closes the full segment and begins the next one. The order matters: the old segment is cut to its records and
    /// durable before the new one gets its name, because only the last segment of a log may end in a torn record.
    /// </summary>
    private void Cut()
    {
        try
        {
            WriteBuffered(Tail.File);
            Tail.File.SetLength(_writtenOffset);
            SyncFile(Tail.File);
            _syncDue = false;

            var file = _pipeline.Take();
            _writtenOffset = 0;
            _encoder.WriteCrcRecord();
            _encoder.WriteRecord(WalRecordKind.Metadata, _metadata);
            if (!_state.IsEmpty)
            {
                AppendState(_state);
            }

            WriteBuffered(file);
            SyncFile(file);
            Publish(file, new WalSegmentName(Tail.Name.Sequence + 1, LastIndex + 1));
        }
        catch
        {
            _failed = true;
            throw;
        }
    }

    private void Publish(IDiskFile file, WalSegmentName name)
    {
        var path = Path.Combine(Directory, name.ToString());
        _disk.Rename(file.Path, path);
        _segments.Add(new WalSegmentFile(name, file));
        if (!_options.UnsafeNoFsync)
        {
            var started = _options.Clock.MonotonicNanoseconds;
            _disk.SyncDirectory(Directory);
            ObserveSync(started, Directory);
        }

        WalLog.SegmentCreated(_options.Logger, path);
    }

    private void RequireUsable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failed)
        {
            throw new IOException($"write-ahead log {Directory}: an earlier write or sync failed, so nothing more is written");
        }
    }
}
