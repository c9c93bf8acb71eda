using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Wal;

/// <summary>
/// Has the next segment ready, preallocated and locked, under a temporary name, so that a cut does not wait for the
/// disk to reserve 64 MB. Two names take turns: the file last handed out may not be renamed yet while the next one
/// is prepared.
/// </summary>
internal sealed class WalSegmentPipeline : IDisposable
{
    public const string TemporarySuffix = ".tmp";

    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly long _segmentBytes;
    private readonly Thread? _thread;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly SemaphoreSlim _wanted = new(0);
    private IDiskFile? _next;
    private IOException? _failure;
    private int _count;
    private bool _disposed;

    public WalSegmentPipeline(IDisk disk, string directory, WalOptions options)
    {
        _disk = disk;
        _directory = directory;
        _segmentBytes = options.SegmentBytes;
        if (options.PrepareSegmentsAhead)
        {
            _wanted.Release();
            _thread = new Thread(PrepareUntilDisposed) { IsBackground = true, Name = "wal-segments" };
            _thread.Start();
        }
    }

    /// <summary>Hands over the prepared segment, empty, locked and sized; waits for it when it is not ready yet.</summary>
    /// <exception cref="IOException">The segment could not be prepared, for example because the disk is full.</exception>
    public IDiskFile Take()
    {
        if (_thread is null)
        {
            return Prepare();
        }

        _ready.Wait();
        IDiskFile? taken;
        lock (_gate)
        {
            taken = _next;
            _next = null;
        }

        // The thread tries again before the next cut, so a full disk that was given room stops nothing for good.
        _wanted.Release();
        return taken ?? throw new IOException($"cannot prepare a segment in {_directory}", _failure);
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Volatile.Write(ref _stop, true);
        _wanted.Release();
        _thread?.Join();
        if (_next is { } unused)
        {
            _disk.DeleteFile(unused.Path);
            unused.Dispose();
        }

        _ready.Dispose();
        _wanted.Dispose();
    }

    private bool _stop;

    private void PrepareUntilDisposed()
    {
        while (true)
        {
            _wanted.Wait();
            if (Volatile.Read(ref _stop))
            {
                return;
            }

            try
            {
                var file = Prepare();
                lock (_gate)
                {
                    _next = file;
                }
            }
            catch (IOException failure)
            {
                _failure = failure;
            }

            _ready.Release();
        }
    }

    private IDiskFile Prepare()
    {
        var path = Path.Combine(_directory, $"{_count % 2}{TemporarySuffix}");
        _count++;

        // A file of that name is left over from a process that died; its bytes must not be taken for records.
        if (_disk.FileExists(path))
        {
            _disk.DeleteFile(path);
        }

        var file = _disk.Open(path, DiskOpen.CreateNew);
        if (!file.TryLock(exclusive: true))
        {
            file.Dispose();
            throw new WalException(WalFault.Locked, path, "another process holds it");
        }

        file.Preallocate(_segmentBytes);
        return file;
    }
}
