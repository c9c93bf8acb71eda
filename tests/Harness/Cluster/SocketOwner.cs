using System.Diagnostics;
using System.Globalization;

namespace EtcdSharp.Harness;

/// <summary>
/// Finds out which process has opened a loopback connection, from what Linux tells about sockets. Whoever asks while others
/// do shares one look with them: when all connections are torn at once, a look for each would hold them all up.
/// </summary>
/// <param name="candidates">The processes of the moment.</param>
internal sealed class SocketOwner(Func<IEnumerable<(string Name, int ProcessId)>> candidates)
{
    private const string SocketPrefix = "socket:[";

    private readonly Lock _gate = new();
    private long _lookedAt;
    private Dictionary<int, string> _inodes = [];
    private Dictionary<string, string> _owners = [];

    /// <param name="port">The caller's own port.</param>
    public string? Find(int port)
    {
        var asked = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            if (_lookedAt <= asked)
            {
                _lookedAt = Stopwatch.GetTimestamp();
                _inodes = Inodes();
                _owners = Owners();
            }

            return _inodes.TryGetValue(port, out var inode) ? _owners.GetValueOrDefault(inode) : null;
        }
    }

    private static Dictionary<int, string> Inodes()
    {
        var found = new Dictionary<int, string>();

        // Programs that listen on both protocols may call from a socket of either table.
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            foreach (var line in File.ReadLines(table))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (
                    fields.Length > 9
                    && fields[9] != "0"
                    && int.TryParse(
                        fields[1].AsSpan(fields[1].LastIndexOf(':') + 1),
                        NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture,
                        out var port
                    )
                )
                {
                    found.TryAdd(port, fields[9]);
                }
            }
        }

        return found;
    }

    private Dictionary<string, string> Owners()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, process) in candidates().Where(one => one.ProcessId != 0))
        {
            try
            {
                foreach (var file in Directory.EnumerateFiles($"/proc/{process}/fd"))
                {
                    if (new FileInfo(file).LinkTarget is { } target && target.StartsWith(SocketPrefix, StringComparison.Ordinal))
                    {
                        found[target[SocketPrefix.Length..^1]] = name;
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The process has ended meanwhile.
                continue;
            }
        }

        return found;
    }
}
