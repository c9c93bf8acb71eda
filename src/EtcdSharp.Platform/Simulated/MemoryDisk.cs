namespace EtcdSharp.Platform.Simulated;

/// <summary>
/// A file system in memory that knows what a power loss would leave. Contents survive a file's sync; creations,
/// renames and deletions survive a sync of their directory; of everything else any part may be lost. Steps can be
/// made to fail, to have no effect or to wait through <see cref="Intercept"/>.
/// </summary>
public sealed class MemoryDisk : IDisk
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, MemoryFile> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal) { "/" };
    private readonly List<NameChange> _unsyncedNames = [];
    private readonly List<MemoryFile> _everyFile = [];
    private Dictionary<string, MemoryFile> _durableFiles = new(StringComparer.Ordinal);
    private HashSet<string> _durableDirectories = new(StringComparer.Ordinal) { "/" };

    /// <summary>
    /// Called before every step, outside any lock; may throw the error the step is to fail with, block to delay it,
    /// or return <see cref="DiskVerdict.Skip"/>.
    /// </summary>
    public Func<DiskOperation, DiskVerdict>? Intercept { get; set; }

    /// <summary>How much all files may hold together; a write beyond it fails with <see cref="DiskFullException"/>.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>The lengths of all files together.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_gate)
            {
                return _files.Values.Sum(file => file.Current.Length);
            }
        }
    }

    /// <summary>Steps so far, without reads: the number of the next one.</summary>
    public long OperationCount { get; private set; }

    public IDiskFile Open(string path, DiskOpen mode)
    {
        string name = Normal(path);
        bool exists = FileExists(name);
        if (exists ? mode == DiskOpen.CreateNew : mode is DiskOpen.ReadExisting or DiskOpen.WriteExisting)
        {
            throw exists
                ? new IOException($"open of '{path}' failed: it is there already")
                : new FileNotFoundException($"open of '{path}' failed: it is missing", path);
        }

        if (!exists)
        {
            RequireParent(name);
            _ = Ask(DiskOperationKind.Create, name, 0, 0);
        }

        lock (_gate)
        {
            if (!_files.TryGetValue(name, out MemoryFile? file))
            {
                file = new MemoryFile();
                _everyFile.Add(file);
                ChangeNames(new NameChange(DiskOperationKind.Create, name, name, file));
            }

            return new MemoryDiskFile(this, file, path, mode != DiskOpen.ReadExisting);
        }
    }

    public bool FileExists(string path)
    {
        lock (_gate)
        {
            return _files.ContainsKey(Normal(path));
        }
    }

    public bool DirectoryExists(string path)
    {
        lock (_gate)
        {
            return _directories.Contains(Normal(path));
        }
    }

    public void CreateDirectory(string path)
    {
        string name = Normal(path);
        if (DirectoryExists(name))
        {
            return;
        }

        CreateDirectory(Parent(name));
        if (Ask(DiskOperationKind.CreateDirectory, name, 0, 0) == DiskVerdict.Proceed)
        {
            lock (_gate)
            {
                ChangeNames(new NameChange(DiskOperationKind.CreateDirectory, name, name, null));
            }
        }
    }

    public IReadOnlyList<string> ListNames(string directory)
    {
        string parent = Normal(directory);
        lock (_gate)
        {
            if (!_directories.Contains(parent))
            {
                throw new DirectoryNotFoundException($"listing of '{directory}' failed: it is missing");
            }

            List<string> names =
            [
                .. _files
                    .Keys.Concat(_directories)
                    .Where(name => name != "/" && Parent(name) == parent)
                    .Select(name => Path.GetFileName(name)!),
            ];
            names.Sort(StringComparer.Ordinal);
            return names;
        }
    }

    public void Rename(string from, string to)
    {
        string source = Normal(from);
        string target = Normal(to);
        RequireParent(target);
        if (!FileExists(source) && !DirectoryExists(source))
        {
            throw new FileNotFoundException($"rename of '{from}' failed: it is missing", from);
        }

        if (Ask(DiskOperationKind.Rename, source, 0, 0) == DiskVerdict.Proceed)
        {
            lock (_gate)
            {
                ChangeNames(new NameChange(DiskOperationKind.Rename, source, target, null));
            }
        }
    }

    public void DeleteFile(string path)
    {
        string name = Normal(path);
        if (!FileExists(name))
        {
            throw new FileNotFoundException($"unlink of '{path}' failed: it is missing", path);
        }

        if (Ask(DiskOperationKind.Delete, name, 0, 0) == DiskVerdict.Proceed)
        {
            lock (_gate)
            {
                ChangeNames(new NameChange(DiskOperationKind.Delete, name, name, null));
            }
        }
    }

    public void DeleteDirectory(string path)
    {
        string name = Normal(path);
        if (!DirectoryExists(name))
        {
            throw new DirectoryNotFoundException($"deletion of '{path}' failed: it is missing");
        }

        if (Ask(DiskOperationKind.Delete, name, 0, 0) == DiskVerdict.Proceed)
        {
            lock (_gate)
            {
                ChangeNames(new NameChange(DiskOperationKind.Delete, name, name, null));
            }
        }
    }

    public void SyncDirectory(string path)
    {
        string name = Normal(path);
        if (!DirectoryExists(name))
        {
            throw new DirectoryNotFoundException($"fsync of '{path}' failed: it is missing");
        }

        if (Ask(DiskOperationKind.SyncDirectory, name, 0, 0) == DiskVerdict.Skip)
        {
            return;
        }

        lock (_gate)
        {
            List<NameChange> rest = [];
            foreach (NameChange change in _unsyncedNames)
            {
                if (Parent(change.From) == name || Parent(change.To) == name)
                {
                    change.Apply(_durableFiles, _durableDirectories);
                }
                else
                {
                    rest.Add(change);
                }
            }

            _unsyncedNames.Clear();
            _unsyncedNames.AddRange(rest);
        }
    }

    /// <summary>The disk as a power loss at this moment may leave it; which of the possible ones, <paramref name="seed"/> decides.</summary>
    public MemoryDisk AfterPowerLoss(ulong seed)
    {
        var random = new SeededRandom(seed);
        lock (_gate)
        {
            var files = new Dictionary<string, MemoryFile>(_durableFiles, StringComparer.Ordinal);
            var directories = new HashSet<string>(_durableDirectories, StringComparer.Ordinal);

            // Journaling file systems keep the order of name changes, so what survives is a beginning of them.
            int survived = random.Next(_unsyncedNames.Count + 1);
            foreach (NameChange change in _unsyncedNames.Take(survived))
            {
                change.Apply(files, directories);
            }

            return Image(files, directories, file => file.AfterPowerLoss(random));
        }
    }

    /// <summary>The disk as a killed process leaves it: with everything it wrote.</summary>
    public MemoryDisk AfterProcessCrash()
    {
        lock (_gate)
        {
            return Image(_files, _directories, file => file.Current.Clone());
        }
    }

    /// <summary>Unmaps what a process that is no more had mapped: nobody closes the files of one that died.</summary>
    public void ReleaseMaps()
    {
        List<MemoryFile> files;
        lock (_gate)
        {
            files = [.. _everyFile];
        }

        files.ForEach(file => file.ReleaseMaps());
    }

    public byte[] ReadAllBytes(string path)
    {
        lock (_gate)
        {
            SparseBytes contents = _files[Normal(path)].Current;
            byte[] bytes = new byte[contents.Length];
            contents.Read(0, bytes);
            return bytes;
        }
    }

    /// <summary>Puts a file there, durable at once, as a test's starting point.</summary>
    public void WriteAllBytes(string path, ReadOnlySpan<byte> bytes)
    {
        string name = Normal(path);
        var contents = new SparseBytes();
        contents.Write(0, bytes);
        lock (_gate)
        {
            for (
                string directory = Parent(name);
                _directories.Add(directory) | _durableDirectories.Add(directory);
                directory = Parent(directory)
            ) { }

            var file = MemoryFile.Of(contents);
            _files[name] = file;
            _durableFiles[name] = file;
        }
    }

    /// <summary>Writes and lengths of a file that a power loss could still take.</summary>
    public int UnsyncedChanges(string path)
    {
        lock (_gate)
        {
            return _files[Normal(path)].UnsyncedChanges;
        }
    }

    internal long Length(MemoryFile file)
    {
        lock (_gate)
        {
            return file.Current.Length;
        }
    }

    internal int Read(MemoryFile file, string path, long offset, Span<byte> buffer)
    {
        _ = Intercept?.Invoke(new DiskOperation(OperationCount, DiskOperationKind.Read, path, offset, buffer.Length));
        lock (_gate)
        {
            return file.Current.Read(offset, buffer);
        }
    }

    internal void Write(MemoryFile file, string path, long offset, ReadOnlySpan<byte> data)
    {
        if (Ask(DiskOperationKind.Write, path, offset, data.Length) == DiskVerdict.Skip)
        {
            return;
        }

        lock (_gate)
        {
            RequireSpace(file, path, offset + data.Length);
            file.Write(offset, data);
        }
    }

    internal void SetLength(MemoryFile file, string path, long length)
    {
        if (Ask(DiskOperationKind.SetLength, path, 0, length) == DiskVerdict.Skip)
        {
            return;
        }

        lock (_gate)
        {
            RequireSpace(file, path, length);
            file.SetLength(length);
        }
    }

    internal void Sync(MemoryFile file, string path)
    {
        if (Ask(DiskOperationKind.SyncData, path, 0, 0) == DiskVerdict.Skip)
        {
            return;
        }

        lock (_gate)
        {
            file.Sync();
        }
    }

    internal bool TryLock(MemoryFile file, bool exclusive, ref bool holdsShared, ref bool holdsExclusive)
    {
        lock (_gate)
        {
            int othersShared = file.SharedLocks - (holdsShared ? 1 : 0);
            bool othersExclusive = file.ExclusiveLock && !holdsExclusive;
            if (othersExclusive || (exclusive && othersShared > 0))
            {
                return false;
            }

            Release(file, ref holdsShared, ref holdsExclusive);
            holdsShared = !exclusive;
            holdsExclusive = exclusive;
            file.SharedLocks += exclusive ? 0 : 1;
            file.ExclusiveLock = exclusive;
            return true;
        }
    }

    internal void Unlock(MemoryFile file, ref bool holdsShared, ref bool holdsExclusive)
    {
        lock (_gate)
        {
            Release(file, ref holdsShared, ref holdsExclusive);
        }
    }

    internal IFileMap Map(MemoryFile file, string path, long length)
    {
        var map = new MemoryFileMap(this, file, path, length);
        lock (_gate)
        {
            file.AddMap(map);
        }

        return map;
    }

    internal void Unmap(MemoryFile file, MemoryFileMap map)
    {
        lock (_gate)
        {
            file.RemoveMap(map);
        }
    }

    private static void Release(MemoryFile file, ref bool holdsShared, ref bool holdsExclusive)
    {
        file.SharedLocks -= holdsShared ? 1 : 0;
        file.ExclusiveLock &= !holdsExclusive;
        holdsShared = false;
        holdsExclusive = false;
    }

    private static MemoryDisk Image(
        Dictionary<string, MemoryFile> files,
        HashSet<string> directories,
        Func<MemoryFile, SparseBytes> contents
    )
    {
        var image = new MemoryDisk();
        image._directories.UnionWith(directories);
        foreach ((string name, MemoryFile file) in files.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            image._files[name] = MemoryFile.Of(contents(file));
            image._everyFile.Add(image._files[name]);
        }

        image._durableFiles = new Dictionary<string, MemoryFile>(image._files, StringComparer.Ordinal);
        image._durableDirectories = new HashSet<string>(image._directories, StringComparer.Ordinal);
        return image;
    }

    private static string Normal(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, "/"));

    private static string Parent(string path) => Path.GetDirectoryName(path) ?? "/";

    private void RequireParent(string name)
    {
        if (!DirectoryExists(Parent(name)))
        {
            throw new DirectoryNotFoundException($"the directory of '{name}' is missing");
        }
    }

    private void RequireSpace(MemoryFile file, string path, long length)
    {
        if (length <= file.Current.Length || CapacityBytes == long.MaxValue)
        {
            return;
        }

        long used = _files.Values.Sum(other => other.Current.Length);
        if (used - file.Current.Length + length > CapacityBytes)
        {
            throw new DiskFullException($"write to '{path}' failed: the disk is full");
        }
    }

    private DiskVerdict Ask(DiskOperationKind kind, string path, long offset, long length)
    {
        long number;
        lock (_gate)
        {
            number = OperationCount++;
        }

        return Intercept?.Invoke(new DiskOperation(number, kind, path, offset, length)) ?? DiskVerdict.Proceed;
    }

    private void ChangeNames(NameChange change)
    {
        change.Apply(_files, _directories);
        _unsyncedNames.Add(change);
    }
}
