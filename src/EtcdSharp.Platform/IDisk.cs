namespace EtcdSharp.Platform;

/// <summary>
/// The file system as the rooms that act see it. The real one is <c>SystemDisk</c>; tests and the simulator put
/// one of their own here that records, delays, tears or loses writes. Paths are ordinary file system paths.
/// Failures are <see cref="IOException"/>s that name the path.
/// </summary>
public interface IDisk
{
    IDiskFile Open(string path, DiskOpen mode);

    bool FileExists(string path);

    bool DirectoryExists(string path);

    /// <summary>Creates the directory and its parents, readable by the owner alone (0700).</summary>
    void CreateDirectory(string path);

    /// <summary>The names (not paths) of the files and folders in a directory, in ordinal order.</summary>
    IReadOnlyList<string> ListNames(string directory);

    /// <summary>Renames a file or a directory; a file that is there already is replaced in one step.</summary>
    void Rename(string from, string to);

    void DeleteFile(string path);

    /// <summary>Deletes a directory and everything below it.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes creations, renames and deletions in the directory durable.</summary>
    void SyncDirectory(string path);
}
