using System.Diagnostics;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Storage.Backend;

/// <summary>
/// The member's backend file behind a write batch. The apply thread writes into the current batch; a committer thread
/// of its own writes sealed batches into the file. Readers see batches and file as one.
/// </summary>
/// <remarks>
/// Three locks, none of them known to readers. The third is held by a defragmentation, which takes the commit lock in it. The write gate is held by who writes into the current batch, an entry
/// at a time. The commit lock is held by who commits (the committer thread, or a thread that forces a commit). A batch
/// is sealed on demand of the committing thread alone, either by itself when it gets the gate or by the writer as it
/// leaves the gate; so at most one batch is sealed, and the view has one writer at every moment.
/// </remarks>
internal sealed partial class BackendStore : IBackendContents, IDisposable
{
    /// <summary>The writer waits when the current batch has this many times the operations of a full one …</summary>
    private const int FullBatchesMax = 10;

    /// <summary>… or this many bytes: with the sealed batch at most about 128 MiB are pending.</summary>
    private const long PendingBytesMax = 64L * 1024 * 1024;

    private readonly IDisk _disk;
    private readonly string _path;
    private readonly BackendOptions _options;
    private readonly BatchMemory _memory = new();
    private readonly Lock _gate = new();
    private readonly Lock _committing = new();
    private readonly Lock _defragmenting = new();
    private bool _isDefragmenting;
    private readonly CancellationTokenSource _stopDefragmenting = new();
    private readonly ManualResetEventSlim _wake = new();
    private readonly ManualResetEventSlim _sealedNow = new();
    private readonly Thread? _committer;
    private BoltFile _file;
    private BackendView _view;
    private long _sizeBytes;
    private long _inUseBytes;
    private bool _sealRequested;
    private bool _closing;
    private bool _closed;
    private int _depth;
    private ulong _entryIndex;
    private ulong _entryTerm;
    private ulong _consistentIndex;
    private ulong _consistentTerm;

    private BackendStore(IDisk disk, string path, BackendOptions options, BoltFile file)
    {
        _disk = disk;
        _path = path;
        _options = options;
        _file = file;
        CreateBuckets(file);
        _view = new BackendView(new ReadHandle(file.BeginRead()), null, new WriteBatch(_memory));
        _sizeBytes = file.SizeBytes;
        _inUseBytes = file.InUseBytes;
        _consistentIndex = ReadNumber(MetaKeys.ConsistentIndex);
        _consistentTerm = ReadNumber(MetaKeys.Term);
        if (options.OwnThread)
        {
            _committer = new Thread(CommitAgainAndAgain) { Name = "backend committer", IsBackground = true };
            _committer.Start();
        }
    }

    /// <summary>Index and term of the last entry ended, or as the file had it at open (0 when it had none).</summary>
    public ulong ConsistentIndex => Volatile.Read(ref _consistentIndex);

    public ulong ConsistentTerm => Volatile.Read(ref _consistentTerm);

    /// <summary>Bytes of the file as of the last commit.</summary>
    public long SizeBytes => Volatile.Read(ref _sizeBytes);

    /// <summary>Bytes of the file without its free pages.</summary>
    public long InUseBytes => Volatile.Read(ref _inUseBytes);

    /// <summary>Read transactions open on the file.</summary>
    public int OpenReads => Volatile.Read(ref _file).OpenReadTransactions;

    /// <summary>For tests: called after every change of what readers see, on the thread that made it.</summary>
    internal Action? ViewChanged { get; set; }

    /// <summary>Opens the file, creating it and its buckets when they are missing, and starts the committer thread.</summary>
    public static BackendStore Open(IDisk disk, string path, BackendOptions options) =>
        new(disk, path, options, BoltFile.Open(disk, path, FileOptions(options)));

    private static BoltOptions FileOptions(BackendOptions options) =>
        new() { NoSync = options.NoSync, InitialMapBytes = options.InitialMapBytes };

    /// <summary>
    /// Begins applying one log entry on the apply thread: everything written until <see cref="EndEntry"/> gets into the
    /// file together with this index and term, or not at all. Waits here when the disk is far behind.
    /// </summary>
    public void BeginEntry(ulong index, ulong term)
    {
        WaitForRoom();
        EnterWrite();
        if (_depth != 1)
        {
            throw new InvalidOperationException("a log entry is applied inside another write");
        }

        _entryIndex = index;
        _entryTerm = term;
    }

    public void EndEntry()
    {
        SetIndex(_entryIndex, _entryTerm);
        ExitWrite();
    }

    /// <summary>Holds off sealing while several writes belong together; nests, also inside an entry.</summary>
    public void EnterWrite()
    {
        _gate.Enter();
        ObjectDisposedException.ThrowIf(_closed, this);
        _depth++;
    }

    public void ExitWrite()
    {
        if (--_depth == 0)
        {
            if (_sealRequested)
            {
                Seal();
            }
            else if (_view.Current.Operations >= _options.CommitOperations && !_wake.IsSet)
            {
                _wake.Set();
            }
        }

        _gate.Exit();
    }

    /// <summary>Writes to any bucket but the key bucket. Within an entry, or alone.</summary>
    public void Put(BackendBucket bucket, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        Set(bucket, key.ToArray(), value.ToArray());

    public void Delete(BackendBucket bucket, ReadOnlySpan<byte> key) => Set(bucket, key.ToArray(), null);

    /// <summary>Memory in the current batch for an encoded KeyValue, to be filled and then added. Inside the write gate.</summary>
    public Span<byte> ReserveKey(int length, out byte[] data, out int start) =>
        _view.Current.Reserve(length, out data, out start);

    /// <summary>Adds an entry to the key bucket, behind all that are there. Inside the write gate.</summary>
    public void AddKey(Revision revision, bool tombstone, byte[] data, int start, int length)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "the key bucket is written inside the write gate");
        _view.Current.AddKey(revision, tombstone, data, start, length);
    }

    /// <summary>Everything written so far, to be read without locks. Dispose it soon.</summary>
    public BackendReader BeginRead()
    {
        while (true)
        {
            var view = Volatile.Read(ref _view);
            if (view.Handle.TryHold())
            {
                return new BackendReader(view);
            }
        }
    }

    /// <summary>The value of a key of any bucket but the key bucket, with everything pending; null when it is not there. Any thread.</summary>
    public byte[]? Get(BackendBucket bucket, ReadOnlySpan<byte> key)
    {
        using var reader = BeginRead();
        return reader.Get(bucket, key.ToArray());
    }

    /// <summary>All of a bucket (not the key bucket) in key order, with everything pending. Any thread.</summary>
    public IReadOnlyList<KeyValuePair<byte[], byte[]>> List(BackendBucket bucket)
    {
        using var reader = BeginRead();
        return reader.List(bucket);
    }

    /// <summary>Sets the consistent index outside of an entry (bootstrap, a snapshot received); goes into the next commit.</summary>
    public void SetConsistentIndex(ulong index, ulong term)
    {
        EnterWrite();
        SetIndex(index, term);
        ExitWrite();
    }

    /// <summary>Waits until everything written before the call is durable. Not inside an entry.</summary>
    public void ForceCommit()
    {
        ThrowInsideWrite();
        lock (_committing)
        {
            Commit([], 0);
        }
    }

    /// <summary>Commits what is pending and closes the file.</summary>
    public void Dispose()
    {
        if (_closing)
        {
            return;
        }

        ThrowInsideWrite();
        Volatile.Write(ref _closing, true);
        _wake.Set();
        _stopDefragmenting.Cancel();
        _committer?.Join();
        lock (_defragmenting)
            lock (_committing)
            {
                Commit([], 0);
                lock (_gate)
                {
                    _closed = true;
                }

                _view.Handle.Release();
                _file.Dispose();
                _stopDefragmenting.Dispose();
            }
    }

    private static void CreateBuckets(BoltFile file)
    {
        using (var read = file.BeginRead())
        {
            var missing = false;
            for (var bucket = 0; bucket < BucketNames.Count; bucket++)
            {
                missing |= read.Bucket(BucketNames.Of((BackendBucket)bucket)) is null;
            }

            if (!missing)
            {
                return;
            }
        }

        using var write = file.BeginWrite();
        for (var bucket = 0; bucket < BucketNames.Count; bucket++)
        {
            write.CreateBucketIfMissing(BucketNames.Of((BackendBucket)bucket));
        }

        write.Commit();
    }

    private void Set(BackendBucket bucket, byte[] key, byte[]? value)
    {
        if (bucket == BackendBucket.Key)
        {
            throw new ArgumentException("the key bucket is written by revision", nameof(bucket));
        }

        EnterWrite();
        _view.Current.Set(bucket, key, value);
        ExitWrite();
    }

    private void SetIndex(ulong index, ulong term)
    {
        _view.Current.Index = index;
        _view.Current.Term = term;
        Volatile.Write(ref _consistentTerm, term);
        Volatile.Write(ref _consistentIndex, index);
    }

    private ulong ReadNumber(ReadOnlySpan<byte> key) =>
        Get(BackendBucket.Meta, key) is { Length: sizeof(ulong) } value
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(value)
            : 0;

    private void ThrowInsideWrite()
    {
        if (_gate.IsHeldByCurrentThread)
        {
            throw new InvalidOperationException("a commit cannot be waited for inside a write");
        }
    }
}
