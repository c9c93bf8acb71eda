using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Snap;

/// <summary>Receives the store of a snapshot piece by piece. Disposed without <see cref="Complete"/>, it leaves nothing behind.</summary>
internal sealed class SnapshotDatabaseWriter : IDisposable
{
    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly string _temporaryPath;
    private readonly string _finalPath;
    private readonly IDiskFile _file;
    private bool _completed;

    public SnapshotDatabaseWriter(IDisk disk, string directory, string temporaryName, string finalPath)
    {
        _disk = disk;
        _directory = directory;
        _temporaryPath = Path.Combine(directory, temporaryName);
        _finalPath = finalPath;
        _file = disk.Open(_temporaryPath, DiskOpen.OpenOrCreate);
        _file.SetLength(0);
    }

    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> piece)
    {
        _file.WriteAt(Length, piece);
        Length += piece.Length;
    }

    /// <summary>Makes the file durable under its name. A complete one that is there already is as good and stays.</summary>
    public void Complete()
    {
        _file.SyncData();
        _completed = true;
        _file.Dispose();
        if (_disk.FileExists(_finalPath))
        {
            _disk.DeleteFile(_temporaryPath);
        }
        else
        {
            _disk.Rename(_temporaryPath, _finalPath);
        }

        _disk.SyncDirectory(_directory);
    }

    public void Dispose()
    {
        if (!_completed)
        {
            _completed = true;
            _file.Dispose();
            _disk.DeleteFile(_temporaryPath);
        }
    }
}
