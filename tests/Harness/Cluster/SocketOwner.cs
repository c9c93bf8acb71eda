using System.Globalization;

namespace EtcdSharp.Harness;

/// <summary>Finds out which process has opened a loopback connection, from what Linux tells about sockets.</summary>
internal static class SocketOwner
{
    private const string SocketPrefix = "socket:[";

    /// <param name="port">The caller's own port.</param>
    public static string? Find(int port, IEnumerable<(string Name, int ProcessId)> candidates)
    {
        if (InodeOf(port) is not { } inode)
        {
            return null;
        }

        foreach (var (name, process) in candidates)
        {
            if (process != 0 && Holds(process, inode))
            {
                return name;
            }
        }

        return null;
    }

    private static string? InodeOf(int port)
    {
        // Programs that listen on both protocols may call from a socket of either table.
        var address = $":{port.ToString("X4", CultureInfo.InvariantCulture)}";
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            foreach (var line in File.ReadLines(table))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 9 && fields[1].EndsWith(address, StringComparison.Ordinal) && fields[9] != "0")
                {
                    return fields[9];
                }
            }
        }

        return null;
    }

    private static bool Holds(int process, string inode)
    {
        try
        {
            var wanted = $"{SocketPrefix}{inode}]";
            return Directory
                .EnumerateFiles($"/proc/{process}/fd")
                .Any(file => string.Equals(new FileInfo(file).LinkTarget, wanted, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has ended meanwhile.
            return false;
        }
    }
}
