using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Wal;

/// <summary>
/// Has the next segment ready, preallocated and locked, under a temporary name, so that a cut does not wait for the
/// disk to reserve 64 MB. Two names take turns: the file last handed out may not be renamed yet while the next one
/// is prepared. When the log comes nearer, the thread writes zeros over the reserved space (<see cref="WalZeros"/>) until
/// the segment is needed; they save time later and are no part of the format.
/// </summary>
internal sealed class WalSegmentPipeline : IDisposable
{
    public const string TemporarySuffix = ".tmp";

    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly long _segmentBytes;
    private readonly bool _writeZeros;
    private readonly Thread? _thread;
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly ManualResetEventSlim _near = new();
    private readonly SemaphoreSlim _ready = new(0);

    /// <summary>Written by the thread before it signals <see cref="_ready"/>, read by the taker after it.</summary>
    private IDiskFile? _next;

    private int _count;
    private bool _hurry;
    private bool _stop;

    public WalSegmentPipeline(IDisk disk, string directory, WalOptions options)
    {
        _disk = disk;
        _directory = directory;
        _segmentBytes = options.SegmentBytes;
        _writeZeros = options.WritesZeros;
        if (options.PrepareSegmentsAhead)
        {
            _wanted.Release();
            _thread = new Thread(PrepareUntilDisposed) { IsBackground = true, Name = "wal-segments" };
            _thread.Start();
        }
    }

    /// <summary>Says that the segment will be taken before long.</summary>
    public void Near() => _near.Set();

    /// <summary>Hands over the prepared segment, empty, locked and sized; waits for it when it is not ready yet.</summary>
    /// <exception cref="IOException">The segment cannot be prepared, for example because the disk is full.</exception>
    public IDiskFile Take()
    {
        if (_thread is null)
        {
            return Prepare();
        }

        Volatile.Write(ref _hurry, true);
        _near.Set();
        _ready.Wait();
        Volatile.Write(ref _hurry, false);
        _near.Reset();

        // What failed ahead of time may succeed now, for example because a full disk was given room.
        var taken = _next ?? Prepare();
        _next = null;
        _wanted.Release();
        return taken;
    }

    public void Dispose()
    {
        if (_stop)
        {
            return;
        }

        Volatile.Write(ref _stop, true);
        _near.Set();
        _wanted.Release();
        _thread?.Join();
        if (_next is { } unused)
        {
            _disk.DeleteFile(unused.Path);
            unused.Dispose();
        }

        _near.Dispose();
        _ready.Dispose();
        _wanted.Dispose();
    }

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
                PrepareAhead();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The taker finds no segment, tries again itself, and reports what stands in the way then.
                _next = null;
            }

            _ready.Release();
        }
    }

    private void PrepareAhead()
    {
        var file = Prepare();
        _near.Wait();
        try
        {
            if (_writeZeros)
            {
                WalZeros.Write(file, 0, _segmentBytes, () => Volatile.Read(ref _hurry) || Volatile.Read(ref _stop));
            }
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }

        _next = file;
    }

    private IDiskFile Prepare()
    {
        var path = Path.Combine(_directory, $"{_count % 2}{TemporarySuffix}");

        // A file of that name is left over from a process that died; its bytes must not be taken for records.
        if (_disk.FileExists(path))
        {
            _disk.DeleteFile(path);
        }

        var file = _disk.Open(path, DiskOpen.CreateNew);
        try
        {
            if (!file.TryLock(exclusive: true))
            {
                throw new WalException(WalFault.Locked, path, "another process holds it");
            }

            file.Preallocate(_segmentBytes);
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }

        _count++;
        return file;
    }
}
