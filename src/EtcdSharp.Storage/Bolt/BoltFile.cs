using System.Diagnostics;
using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// A B+tree file in bbolt's format. Any number of read transactions run beside one write transaction; neither waits
/// for the other.
/// </summary>
/// <remarks>
/// A commit writes changed pages to places that no reader and neither meta page leads to, syncs, then writes the meta
/// page that leads to them, and syncs again. So the file holds the state before or after at any moment.
/// </remarks>
internal sealed class BoltFile : IDisposable
{
    private readonly IDiskFile _file;
    private readonly BoltOptions _options;
    private readonly FreePages _freePages = new();
    private readonly PendingPages _pendingPages;
    private readonly WriteBuffers _buffers = new();
    private readonly byte[] _metaBuffer;

    // Guards the list of superseded states and the users of maps. Readers take it only after the file was closed.
    private readonly Lock _stateLock = new();
    private readonly List<CommittedState> _superseded = [];

    private CommittedState? _current;
    private BoltWriteTransaction? _writing;
    private IOException? _failure;
    private long _fileBytes;
    private long _freeCount;
    private long _pendingCount;
    private int _openReads;
    private bool _closed;
    private bool _released;

    private BoltFile(IDiskFile file, BoltOptions options, CommittedState state)
    {
        _file = file;
        _options = options;
        _pendingPages = new PendingPages(_freePages);
        _current = state;
        state.Map.Acquire();
        _fileBytes = file.Length;
        _metaBuffer = new byte[state.PageSize];
    }

    /// <summary>As messages name the file.</summary>
    public string Path => _options.NameInMessages ?? _file.Path;

    public int PageSize => _metaBuffer.Length;

    /// <summary>Bytes up to the last page ever used, as of the last commit: what etcd reports as the database size.</summary>
    public long SizeBytes => (long)Current().Meta.HighWaterMark * PageSize;

    /// <summary><see cref="SizeBytes"/> without the free pages; pages that an open reader may still see count as used.</summary>
    public long InUseBytes => SizeBytes - (Interlocked.Read(ref _freeCount) * PageSize);

    public int OpenReadTransactions => Volatile.Read(ref _openReads);

    /// <summary>
    /// Opens or creates the file and takes its lock.
    /// Throws <see cref="BoltLockedException"/>, <see cref="BoltCorruptionException"/> or another <see cref="IOException"/>.
    /// </summary>
    public static BoltFile Open(IDisk disk, string path, BoltOptions options)
    {
        IDiskFile file = disk.Open(path, options.ReadOnly ? DiskOpen.ReadExisting : DiskOpen.OpenOrCreate);
        CommittedState? state = null;
        BoltFile? opened = null;
        try
        {
            state = BoltOpening.LoadState(disk, file, options);
            opened = new BoltFile(file, options, state);
            if (!options.ReadOnly)
            {
                opened.LoadFreePages(state);
            }

            BoltFile result = opened;
            opened = null;
            file = null!;
            return result;
        }
        finally
        {
            opened?.Dispose();
            file?.Dispose();
        }
    }

    /// <summary>Starts reading the last committed state. Any thread, without waiting.</summary>
    public BoltReadTransaction BeginRead()
    {
        while (true)
        {
            CommittedState state = Current();
            state.Enter();
            if (ReferenceEquals(Volatile.Read(ref _current), state))
            {
                Interlocked.Increment(ref _openReads);
                return new BoltReadTransaction(this, state);
            }

            Leave(state);
        }
    }

    /// <summary>Starts the one write transaction; another one that is still open is a programming error.</summary>
    public BoltWriteTransaction BeginWrite()
    {
        CommittedState state = Current();
        if (_options.ReadOnly)
        {
            throw new InvalidOperationException($"bolt file '{Path}' is open for reading only");
        }

        if (_failure is not null)
        {
            throw new BoltFailedException(Path, _failure);
        }

        if (_writing is not null)
        {
            throw new InvalidOperationException("a write transaction is open already");
        }

        ReleasePages();
        _writing = new BoltWriteTransaction(this, state, _freePages, _buffers);
        return _writing;
    }

    /// <summary>Checks the last committed state, free pages included. No write transaction may be open.</summary>
    public IReadOnlyList<BoltFinding> Check()
    {
        if (_options.ReadOnly)
        {
            using BoltReadTransaction read = BeginRead();
            return read.Check();
        }

        if (_writing is not null)
        {
            throw new InvalidOperationException("a write transaction is open");
        }

        var findings = new List<BoltFinding>();
        TreeScan scan = TreeScan.Check(Current(), findings);
        scan.CompareWithFree(_freePages.IsFreeOrPending);
        return findings;
    }

    public BoltStats Stats()
    {
        MetaPage meta = Current().Meta;
        return new BoltStats(
            PageSize,
            meta.TransactionId,
            (long)meta.HighWaterMark,
            Interlocked.Read(ref _freeCount),
            Interlocked.Read(ref _pendingCount),
            OpenReadTransactions,
            Interlocked.Read(ref _fileBytes)
        );
    }

    /// <summary>
    /// Closes the file; an open write transaction is rolled back. A read transaction that is still open stays
    /// readable until it ends, and the file's lock is held as long, since another opener would overwrite its pages.
    /// </summary>
    public void Dispose()
    {
        _writing?.Rollback();
        lock (_stateLock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            _superseded.Add(_current!);
            Interlocked.Exchange(ref _current, null);
        }

        _buffers.Dispose();
        ReleaseAfterClose();
    }

    internal void EndRead(CommittedState state)
    {
        Interlocked.Decrement(ref _openReads);
        Leave(state);
    }

    internal void EndWrite(BoltWriteTransaction transaction)
    {
        if (ReferenceEquals(_writing, transaction))
        {
            _writing = null;
        }
    }

    internal BoltCommitTimes Commit(BoltWriteTransaction transaction, BoltWriteBucket root, WriteBuffers buffers)
    {
        long start = Stopwatch.GetTimestamp();
        CommittedState state = transaction.State;
        PageAllocation pages = transaction.Pages;
        TreeWriter writer = new(transaction, buffers);
        ulong rootPage = writer.WriteRoot(root);
        TimeSpan placing = Stopwatch.GetElapsedTime(start) - writer.BalanceTime;
        bool freelistMissing = _options.SyncFreelist && state.Meta.FreelistPage == MetaPage.NoFreelist;
        if (pages.Allocated.Count == 0 && pages.GivenUp.Count == 0 && !freelistMissing)
        {
            return default;
        }

        long writeStart = Stopwatch.GetTimestamp();

        MetaPage meta = state.Meta with
        {
            RootPage = rootPage,
            RootSequence = root.Sequence,
            FreelistPage = ReplaceFreelist(state, pages, buffers.Pages),
            HighWaterMark = pages.HighWaterMark,
            TransactionId = transaction.TransactionId,
        };
        GrowFile(meta);
        buffers.Pages.WriteTo(_file, PageSize);
        MappedFile map = MapFor(state, meta);
        bool durable = false;
        try
        {
            MakeDurable(meta);
            durable = true;
        }
        finally
        {
            if (!durable && !ReferenceEquals(map, state.Map))
            {
                map.Discard();
            }
        }

        TimeSpan writing = Stopwatch.GetElapsedTime(writeStart);
        Publish(new CommittedState(Path, meta, map), pages);
        return new(writer.BalanceTime, placing, writing);
    }

    private CommittedState Current()
    {
        CommittedState? state = Volatile.Read(ref _current);
        ObjectDisposedException.ThrowIf(state is null, this);
        return state;
    }

    private void LoadFreePages(CommittedState state)
    {
        if (state.Meta.FreelistPage != MetaPage.NoFreelist)
        {
            foreach (ulong id in FreelistPage.Read(state))
            {
                _freePages.AddFree(id, 1);
            }
        }
        else
        {
            PageBitmap reachable = TreeScan.FindReachable(state);
            for (ulong id = PageFormat.FirstDataPage; id < state.Meta.HighWaterMark; id++)
            {
                if (!reachable.Contains(id))
                {
                    _freePages.AddFree(id, 1);
                }
            }

            if (_options.SyncFreelist)
            {
                using BoltWriteTransaction transaction = BeginWrite();
                transaction.Commit();
            }
        }

        CountPages();
    }

    private ulong ReplaceFreelist(CommittedState state, PageAllocation pages, DirtyPages dirty)
    {
        ulong old = state.Meta.FreelistPage;
        if (old != MetaPage.NoFreelist)
        {
            pages.GiveUp(old, FreelistPage.OverflowCount(state, old));
        }

        return _options.SyncFreelist ? FreelistPage.Write(pages, dirty, PageSize) : MetaPage.NoFreelist;
    }

    private void GrowFile(MetaPage meta)
    {
        // One page more than needed, as bbolt has it.
        long needed = ((long)meta.HighWaterMark + 1) * PageSize;
        if (needed > _fileBytes)
        {
            long length = needed + _options.GrowthBytes;
            _file.SetLength(length);
            Interlocked.Exchange(ref _fileBytes, length);
        }
    }

    private MappedFile MapFor(CommittedState state, MetaPage meta)
    {
        long needed = (long)meta.HighWaterMark * PageSize;
        return needed <= state.Map.Length ? state.Map : new MappedFile(_file.Map(BoltOpening.MapBytes(needed)));
    }

    /// <summary>
    /// The two syncs. When one of the steps fails it is unknown what the disk holds, and after a failed sync the
    /// kernel may report success for data it has dropped; so the file takes no more writes.
    /// </summary>
    private void MakeDurable(MetaPage meta)
    {
        try
        {
            SyncUnlessDisabled();
            ulong pageId = meta.TransactionId % PageFormat.FirstDataPage;
            meta.WriteTo(_metaBuffer, pageId);
            _file.WriteAt((long)pageId * PageSize, _metaBuffer);
            SyncUnlessDisabled();
        }
        catch (IOException failure)
        {
            _failure = failure;
            throw;
        }
    }

    private void SyncUnlessDisabled()
    {
        if (!_options.NoSync)
        {
            _file.SyncData();
        }
    }

    private void Publish(CommittedState next, PageAllocation pages)
    {
        lock (_stateLock)
        {
            next.Map.Acquire();
            _superseded.Add(_current!);

            // A full fence: from here on no reader can join the superseded state, whose readers are counted below.
            Interlocked.Exchange(ref _current, next);
        }

        _pendingPages.Committed(next.TransactionId, pages.GivenUp, pages.Allocated);
        ReleasePages();
    }

    private void ReleasePages()
    {
        List<ulong> readers = [];
        lock (_stateLock)
        {
            DropUnreadStates();
            foreach (CommittedState state in _superseded)
            {
                readers.Add(state.TransactionId);
            }
        }

        _pendingPages.Release(readers);
        CountPages();
    }

    private void CountPages()
    {
        Interlocked.Exchange(ref _freeCount, _freePages.FreeCount);
        Interlocked.Exchange(ref _pendingCount, _freePages.PendingCount);
    }

    private void DropUnreadStates()
    {
        int kept = 0;
        for (int i = 0; i < _superseded.Count; i++)
        {
            CommittedState state = _superseded[i];
            if (state.HasReaders)
            {
                _superseded[kept++] = state;
            }
            else
            {
                state.Map.Release();
            }
        }

        _superseded.RemoveRange(kept, _superseded.Count - kept);
    }

    private void Leave(CommittedState state)
    {
        state.Leave();
        if (Volatile.Read(ref _closed))
        {
            ReleaseAfterClose();
        }
    }

    private void ReleaseAfterClose()
    {
        lock (_stateLock)
        {
            DropUnreadStates();
            if (_superseded.Count == 0 && !_released)
            {
                _released = true;
                _file.Dispose();
            }
        }
    }
}
