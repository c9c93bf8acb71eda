namespace EtcdSharp.Storage.Bolt;

/// <summary>
/// One committed state of the file, unchanged until <see cref="Dispose"/>. Threads may share it; every span it hands
/// out points into the file's map and is valid until it ends.
/// </summary>
internal sealed class BoltReadTransaction : IDisposable
{
    private readonly BoltFile _file;
    private readonly CommittedState _state;
    private readonly BoltBucket _root;
    private int _ended;

    internal BoltReadTransaction(BoltFile file, CommittedState state)
    {
        _file = file;
        _state = state;
        _root = new BoltBucket(state, new BucketLocation(state.Meta.RootPage, state.Meta.RootSequence));
    }

    public ulong TransactionId => _state.TransactionId;

    public int PageSize => _state.PageSize;

    /// <summary>The length in bytes of the image that <see cref="WriteTo"/> writes.</summary>
    public long SizeBytes => (long)_state.Meta.HighWaterMark * _state.PageSize;

    public BoltBucket? Bucket(ReadOnlySpan<byte> name) => Root.Bucket(name);

    /// <summary>Walks the names of the top buckets.</summary>
    public BoltCursor Cursor() => Root.Cursor();

    /// <summary>Counts over all buckets; the root, which holds the top buckets, counts as one.</summary>
    public BoltBucketStats Stats() => Root.Stats();

    /// <summary>Writes a complete bolt file with exactly this state; returns its length. Writers go on meanwhile.</summary>
    public long WriteTo(Stream stream) => StateImage.WriteTo(State, stream);

    /// <summary>Reads a part of the image that <see cref="WriteTo"/> writes; fewer bytes than asked only at its end.</summary>
    public int ReadImage(long offset, Span<byte> buffer) => StateImage.Read(State, offset, buffer);

    /// <summary>Checks this state; against the stored list of free pages too, when there is one.</summary>
    public IReadOnlyList<BoltFinding> Check()
    {
        var findings = new List<BoltFinding>();
        TreeScan scan = TreeScan.Check(State, findings);
        if (_state.Meta.FreelistPage != MetaPage.NoFreelist)
        {
            try
            {
                var free = new HashSet<ulong>(FreelistPage.Read(_state));
                scan.CompareWithFree(free.Contains);
            }
            catch (BoltCorruptionException damage)
            {
                scan.Report(damage.PageId, damage.Damage, damage.Message);
            }
        }

        return findings;
    }

    /// <summary>Checks what one page leads to, the page included.</summary>
    public IReadOnlyList<BoltFinding> CheckFrom(ulong pageId)
    {
        var findings = new List<BoltFinding>();
        TreeScan.CheckFrom(State, pageId, findings);
        return findings;
    }

    /// <summary>Every page up to the high-water mark, in order; overflow pages belong to the entry before them.</summary>
    public IEnumerable<BoltPageInfo> Pages() => PageListing.Pages(State);

    /// <summary>The bytes of a page with its overflow pages.</summary>
    public byte[] PageBytes(ulong pageId) => PageListing.Bytes(State, pageId);

    /// <summary>A readable listing of one page.</summary>
    public void Dump(ulong pageId, TextWriter writer) => PageListing.Dump(State, pageId, writer);

    /// <summary>
    /// Copies every bucket, densely packed, into an empty file; <paramref name="keysPerCommit"/> and
    /// <paramref name="bytesPerCommit"/> bound the memory used.
    /// </summary>
    public void CompactInto(BoltFile target, int keysPerCommit, long bytesPerCommit = long.MaxValue) =>
        new Compaction(target, keysPerCommit, bytesPerCommit, CancellationToken.None).Copy(Root);

    /// <summary>As above; ends with an <see cref="OperationCanceledException"/> between two commits when it is told to stop.</summary>
    public void CompactInto(BoltFile target, int keysPerCommit, CancellationToken stop) =>
        new Compaction(target, keysPerCommit, long.MaxValue, stop).Copy(Root);

    /// <summary>
    /// Repeats in a copy of an older state of this file what was changed since; that state must still be open. Returns
    /// the number of changes. The cost is that of the changed pages and of the branches, not of the whole file.
    /// </summary>
    public long CopyChangesInto(BoltFile target, BoltReadTransaction older, int keysPerCommit, CancellationToken stop)
    {
        if (!ReferenceEquals(older._file, _file) || older.TransactionId > TransactionId)
        {
            throw new ArgumentException("is no older state of this file", nameof(older));
        }

        var difference = new TreeDifference(target, keysPerCommit, stop);
        difference.Copy(older.Root, Root);
        return difference.Changes;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _file.EndRead(_state);
        }
    }

    private BoltBucket Root
    {
        get
        {
            CheckOpen();
            return _root;
        }
    }

    private CommittedState State
    {
        get
        {
            CheckOpen();
            return _state;
        }
    }

    private void CheckOpen() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _ended) != 0, this);
}
