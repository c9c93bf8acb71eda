using System.Runtime.InteropServices;
using EtcdSharp.Platform.Linux;

namespace EtcdSharp.Platform;

/// <summary>Tells regular files from devices and pipes, which .NET does not.</summary>
internal static class FileKinds
{
    /// <summary>What stands at the end of a path and its links.</summary>
    public static FileKind Of(string path) => Ask(path, followLinks: true);

    /// <summary>What stands at the path itself.</summary>
    public static FileKind OfName(string path) => Ask(path, followLinks: false);

    private static FileKind Ask(string path, bool followLinks)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Directory.Exists(path) ? FileKind.Directory
                : File.Exists(path) ? FileKind.Regular
                : FileKind.Missing;
        }

        Span<byte> status = stackalloc byte[Libc.StatusBytes];
        if (!TryStatus(path, followLinks, status))
        {
            return FileKind.Missing;
        }

        const int KindMask = 0xF000;
        const int LinkKind = 0xA000;
        const int RegularKind = 0x8000;
        const int DirectoryKind = 0x4000;
        return (MemoryMarshal.Read<ushort>(status[Libc.StatusModeOffset..]) & KindMask) switch
        {
            RegularKind => FileKind.Regular,
            DirectoryKind => FileKind.Directory,
            LinkKind => FileKind.Link,
            _ => FileKind.Special,
        };
    }

    /// <remarks>Safe because the buffer is as large as the kernel's structure and stays on the stack for the call.</remarks>
    private static unsafe bool TryStatus(string path, bool followLinks, Span<byte> status)
    {
        fixed (byte* buffer = status)
        {
            var flags = followLinks ? 0 : Libc.StatusOfLink;
            return Libc.Status(Libc.WorkingDirectory, path, flags, Libc.StatusKind, buffer) == 0;
        }
    }
}
