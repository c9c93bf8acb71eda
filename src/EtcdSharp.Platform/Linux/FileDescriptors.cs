using System.Globalization;

namespace EtcdSharp.Platform.Linux;

/// <summary>How many files, sockets and pipes this process has open, and may have.</summary>
internal static class FileDescriptors
{
    public static int CountOpen() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    /// <summary>The soft limit (RLIMIT_NOFILE); null where there is none.</summary>
    public static long? ReadLimit()
    {
        foreach (var line in File.ReadLines("/proc/self/limits"))
        {
            if (line.StartsWith("Max open files", StringComparison.Ordinal))
            {
                var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
                return long.TryParse(soft, NumberStyles.Integer, CultureInfo.InvariantCulture, out var limit) ? limit : null;
            }
        }

        return null;
    }
}
