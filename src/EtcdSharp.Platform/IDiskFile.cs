namespace EtcdSharp.Platform;

/// <summary>One open file. Offsets and lengths are bytes. Reads and writes may run on different threads.</summary>
public interface IDiskFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <summary>Reads at an offset; returns fewer bytes than asked only at the end of the file.</summary>
    int ReadAt(long offset, Span<byte> buffer);

    /// <summary>Writes all of <paramref name="data"/> at an offset, extending the file where needed.</summary>
    void WriteAt(long offset, ReadOnlySpan<byte> data);

    /// <summary>Makes written data durable (fdatasync): contents and length, not access times.</summary>
    void SyncData();

    void SetLength(long length);

    /// <summary>Reserves space up to <paramref name="length"/> so that later writes find it, and extends the file to it.</summary>
    void Preallocate(long length);

    /// <summary>Takes the advisory lock on the whole file (flock) without waiting; false when another open file holds it.</summary>
    bool TryLock(bool exclusive);

    /// <summary>Maps the first <paramref name="length"/> bytes for reading. Writes to the file show through the map.</summary>
    IFileMap Map(long length);
}
