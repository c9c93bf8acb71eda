using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Wal;

/// <summary>
/// A disk in memory that knows what was synced. <see cref="Image"/> is what a power loss may leave: synced writes are
/// there; of the others any subset, sector by sector. Changes to a directory that were not synced are there up to some
/// point in their order, as a journalling file system leaves them.
/// </summary>
internal sealed class PowerLossDisk : IDisk
{
    private const int SectorBytes = 512;

    private readonly SortedDictionary<string, Inode> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Inode> _durableNames = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _directories = new(StringComparer.Ordinal) { "/" };
    private readonly List<(string Directory, Action<SortedDictionary<string, Inode>> Apply)> _pending = [];

    /// <summary>Called before every operation that changes the disk.</summary>
    public Action Changing { get; set; } = () => { };

    public IDiskFile Open(string path, DiskOpen mode)
    {
        if (_names.TryGetValue(path, out var inode))
        {
            return mode == DiskOpen.CreateNew ? throw new IOException($"{path} exists") : new OpenFile(this, path, inode);
        }

        if (mode is DiskOpen.ReadExisting or DiskOpen.WriteExisting)
        {
            throw new FileNotFoundException(path);
        }

        var created = new Inode();
        Change(path, names => names[path] = created);
        return new OpenFile(this, path, created);
    }

    public bool FileExists(string path) => _names.ContainsKey(path);

    public bool DirectoryExists(string path) => _directories.Contains(path);

    public void CreateDirectory(string path) => _directories.Add(path);

    public IReadOnlyList<string> ListNames(string directory) =>
        [.. _names.Keys.Where(name => Path.GetDirectoryName(name) == directory).Select(name => Path.GetFileName(name))];

    public void Rename(string from, string to)
    {
        if (_directories.Remove(from))
        {
            _directories.Add(to);
            Change(
                to,
                names =>
                {
                    foreach (var name in names.Keys.Where(name => Path.GetDirectoryName(name) == from).ToArray())
                    {
                        names.Remove(name, out var inode);
                        names[Path.Combine(to, Path.GetFileName(name))] = inode!;
                    }
                }
            );
            return;
        }

        Change(
            to,
            names =>
            {
                if (names.Remove(from, out var inode))
                {
                    names[to] = inode;
                }
            }
        );
    }

    public void DeleteFile(string path) => Change(path, names => names.Remove(path));

    public void DeleteDirectory(string path)
    {
        _directories.Remove(path);
        Change(
            path,
            names =>
            {
                foreach (var name in names.Keys.Where(name => Path.GetDirectoryName(name) == path).ToArray())
                {
                    names.Remove(name);
                }
            }
        );
    }

    public void SyncDirectory(string path)
    {
        Changing();
        foreach (var (_, apply) in _pending.Where(change => change.Directory == path))
        {
            apply(_durableNames);
        }

        _pending.RemoveAll(change => change.Directory == path);
    }

    public PowerLossDisk Image(Random random)
    {
        var image = new PowerLossDisk();
        var names = new SortedDictionary<string, Inode>(_durableNames, StringComparer.Ordinal);
        foreach (var (_, apply) in _pending.Take(random.Next(_pending.Count + 1)))
        {
            apply(names);
        }

        var mode = random.Next(4);
        foreach (var (name, inode) in names)
        {
            var survived = inode.Image(random, mode);
            image._names[name] = survived;
            image._durableNames[name] = survived;
            image._directories.Add(Path.GetDirectoryName(name)!);
        }

        return image;
    }

    private void Change(string path, Action<SortedDictionary<string, Inode>> apply)
    {
        Changing();
        apply(_names);
        _pending.Add((Path.GetDirectoryName(path)!, apply));
    }

    private sealed class Inode
    {
        private readonly List<(long Offset, byte[]? Data, long Length)> _pending = [];
        private byte[] _durable = [];

        public byte[] Current { get; private set; } = [];

        public OpenFile? Locker { get; set; }

        public void Write(long offset, byte[] data)
        {
            Current = Written(Current, offset, data);
            _pending.Add((offset, data, 0));
        }

        public void SetLength(long length)
        {
            Current = Resized(Current, length);
            _pending.Add((0, null, length));
        }

        public void Sync()
        {
            _pending.Clear();
            _durable = (byte[])Current.Clone();
        }

        public Inode Image(Random random, int mode)
        {
            var bytes = (byte[])_durable.Clone();
            foreach (
                var (offset, data, length) in mode == 0
                    ? []
                    : _pending.Take(mode == 1 ? random.Next(_pending.Count + 1) : _pending.Count)
            )
            {
                if (data is null)
                {
                    bytes = mode < 3 || random.Next(4) > 0 ? Resized(bytes, length) : bytes;
                    continue;
                }

                for (var done = 0; done < data.Length; )
                {
                    var inSector = (int)Math.Min(SectorBytes - (offset + done) % SectorBytes, data.Length - done);
                    if (mode < 2 || random.Next(3) > 0)
                    {
                        bytes = Written(bytes, offset + done, data.AsSpan(done, inSector));
                    }

                    done += inSector;
                }
            }

            return new Inode { Current = bytes, _durable = (byte[])bytes.Clone() };
        }

        private static byte[] Written(byte[] bytes, long offset, ReadOnlySpan<byte> data)
        {
            var written = bytes.Length < offset + data.Length ? Resized(bytes, offset + data.Length) : bytes;
            data.CopyTo(written.AsSpan((int)offset));
            return written;
        }

        private static byte[] Resized(byte[] bytes, long length)
        {
            Array.Resize(ref bytes, (int)length);
            return bytes;
        }
    }

    private sealed class OpenFile(PowerLossDisk disk, string path, Inode inode) : IDiskFile
    {
        public string Path => path;

        public long Length => inode.Current.Length;

        public int ReadAt(long offset, Span<byte> buffer)
        {
            var count = (int)Math.Clamp(inode.Current.Length - offset, 0, buffer.Length);
            inode.Current.AsSpan((int)offset, count).CopyTo(buffer);
            return count;
        }

        public void WriteAt(long offset, ReadOnlySpan<byte> data)
        {
            disk.Changing();
            inode.Write(offset, data.ToArray());
        }

        public void SyncData()
        {
            disk.Changing();
            inode.Sync();
        }

        public void SetLength(long length)
        {
            disk.Changing();
            inode.SetLength(length);
        }

        public void Preallocate(long length) => SetLength(Math.Max(length, Length));

        public bool TryLock(bool exclusive)
        {
            if (inode.Locker is not null && inode.Locker != this)
            {
                return false;
            }

            inode.Locker = this;
            return true;
        }

        public IFileMap Map(long length) => throw new NotSupportedException("the log maps nothing");

        public void Dispose()
        {
            if (inode.Locker == this)
            {
                inode.Locker = null;
            }
        }
    }
}
