using EtcdSharp.Platform.Linux;

namespace EtcdSharp.Platform;

/// <summary>The file system of the machine (Linux).</summary>
public sealed class SystemDisk : IDisk
{
    private const int OwnerReadWrite = 0b110_000_000;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private SystemDisk() { }

    public static SystemDisk Instance { get; } = new();

    public IDiskFile Open(string path, DiskOpen mode)
    {
        int flags =
            Libc.OpenCloseOnExec
            | mode switch
            {
                DiskOpen.ReadExisting => Libc.OpenReadOnly,
                DiskOpen.WriteExisting => Libc.OpenReadWrite,
                DiskOpen.CreateNew => Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenExclusive,
                DiskOpen.OpenOrCreate => Libc.OpenReadWrite | Libc.OpenCreate,
                _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such way to open a file"),
            };
        return new SystemDiskFile(path, OpenDescriptor(path, flags), writable: mode != DiskOpen.ReadExisting);
    }

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("the system disk is written for Linux");
        }

        // .NET gives the mode to the last directory only, so each missing parent is created by itself.
        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path));
        if (!string.IsNullOrEmpty(parent) && !Directory.Exists(parent))
        {
            CreateDirectory(parent);
        }

        Directory.CreateDirectory(path, OwnerOnly);
    }

    public IReadOnlyList<string> ListNames(string directory)
    {
        var names = new List<string>();
        foreach (string entry in Directory.EnumerateFileSystemEntries(directory))
        {
            names.Add(Path.GetFileName(entry));
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public void Rename(string from, string to)
    {
        if (Libc.Rename(from, to) != 0)
        {
            throw ErrorNumber.LastException($"rename to '{to}'", from);
        }
    }

    public void DeleteFile(string path)
    {
        if (Libc.Unlink(path) != 0)
        {
            throw ErrorNumber.LastException("unlink", path);
        }
    }

    public void DeleteDirectory(string path) => Directory.Delete(path, recursive: true);

    public void SyncDirectory(string path)
    {
        int descriptor = OpenDescriptor(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec);
        int result = Libc.Sync(descriptor);
        IOException? failure = result == 0 ? null : ErrorNumber.LastException("fsync", path);
        _ = Libc.Close(descriptor);
        if (failure is not null)
        {
            throw failure;
        }
    }

    private static int OpenDescriptor(string path, int flags)
    {
        while (true)
        {
            int descriptor = Libc.Open(path, flags, OwnerReadWrite);
            if (descriptor >= 0)
            {
                return descriptor;
            }

            int error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
            if (error != ErrorNumber.Interrupted)
            {
                throw ErrorNumber.ToException(error, "open", path);
            }
        }
    }
}
