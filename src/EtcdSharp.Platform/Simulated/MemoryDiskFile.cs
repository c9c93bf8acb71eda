namespace EtcdSharp.Platform.Simulated;

/// <summary>One open file of a <see cref="MemoryDisk"/>.</summary>
internal sealed class MemoryDiskFile(MemoryDisk disk, MemoryFile file, string path, bool writable) : IDiskFile
{
    private bool _holdsShared;
    private bool _holdsExclusive;
    private bool _disposed;

    public string Path { get; } = path;

    public long Length
    {
        get
        {
            CheckOpen();
            return disk.Length(file);
        }
    }

    public int ReadAt(long offset, Span<byte> buffer)
    {
        CheckOpen();
        return disk.Read(file, Path, offset, buffer);
    }

    public void WriteAt(long offset, ReadOnlySpan<byte> data)
    {
        CheckWritable();
        disk.Write(file, Path, offset, data);
    }

    public void SyncData()
    {
        CheckOpen();
        disk.Sync(file, Path);
    }

    public void SetLength(long length)
    {
        CheckWritable();
        disk.SetLength(file, Path, length);
    }

    public void Preallocate(long length)
    {
        CheckWritable();
        if (disk.Length(file) < length)
        {
            disk.SetLength(file, Path, length);
        }
    }

    public bool TryLock(bool exclusive)
    {
        CheckOpen();
        return disk.TryLock(file, exclusive, ref _holdsShared, ref _holdsExclusive);
    }

    public IFileMap Map(long length)
    {
        CheckOpen();
        return disk.Map(file, Path, length);
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            disk.Unlock(file, ref _holdsShared, ref _holdsExclusive);
        }
    }

    private void CheckOpen() => ObjectDisposedException.ThrowIf(_disposed, this);

    private void CheckWritable()
    {
        CheckOpen();
        if (!writable)
        {
            throw new IOException($"write to '{Path}' failed: it is open for reading only");
        }
    }
}
