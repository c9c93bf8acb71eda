using System.Net;
using System.Net.Sockets;
using EtcdSharp.Edge.Listening;
using EtcdSharp.Node.Compaction;

namespace EtcdSharp.Server;

/// <summary>What would stop a member later, told before it writes anything or asks anybody.</summary>
internal static class MemberOptionsRules
{
    /// <summary>The first option that cannot work, as a message, or null.</summary>
    public static string? FirstBroken(MemberOptions options) =>
        AutoCompaction.Check(options.AutoCompactionMode, options.AutoCompactionRetention)
        ?? BrokenTiming(options)
        ?? BrokenBound(options)
        ?? UnusableAddress(options);

    private static string? BrokenTiming(MemberOptions options) =>
        options.HeartbeatMs <= 0 ? $"{nameof(options.HeartbeatMs)} must be above 0 (set to {options.HeartbeatMs})"
        : options.ElectionMs / options.HeartbeatMs < 2
            ? $"{nameof(options.ElectionMs)} ({options.ElectionMs}) must be at least twice {nameof(options.HeartbeatMs)} ({options.HeartbeatMs})"
        : null;

    private static string? BrokenBound(MemberOptions options) =>
        Below(1, options.MaxRequestBytes, nameof(options.MaxRequestBytes))
        ?? Below(1, options.MaxConcurrentStreams, nameof(options.MaxConcurrentStreams))
        ?? Below(1, options.BackendBatchLimit, nameof(options.BackendBatchLimit))
        ?? Below(1, options.BackendBatchIntervalMs, nameof(options.BackendBatchIntervalMs))
        ?? Below(1, options.CompactionBatchLimit, nameof(options.CompactionBatchLimit))
        ?? Below(0, options.CompactionSleepMs, nameof(options.CompactionSleepMs))
        ?? Below(0, options.MaxLearners, nameof(options.MaxLearners))
        ?? Below(0, options.MaxSnapshotFiles, nameof(options.MaxSnapshotFiles))
        ?? Below(0, options.MaxWalFiles, nameof(options.MaxWalFiles));

    private static string? Below(int least, int value, string option) =>
        value < least ? $"{option} must be at least {least} (set to {value})" : null;

    /// <summary>
    /// Binds every address for a moment. The member listens for clients only after it has joined its cluster, which is too late
    /// to find out that it cannot.
    /// </summary>
    private static string? UnusableAddress(MemberOptions options)
    {
        if (options.SocketReusePort)
        {
            return null;
        }

        var urls = options
            .ListenPeerUrls.Concat(options.ListenClientUrls)
            .Concat(options.ListenClientHttpUrls)
            .Concat(options.ListenMetricsUrls);
        foreach (var text in urls)
        {
            if (!EdgeUrl.TryParse(text, out var url, out var problem))
            {
                return problem;
            }

            // A socket file is judged where it is made: a stale one is taken over.
            if (url.EndPoint is IPEndPoint address && WhyNotBound(address) is { } reason)
            {
                return $"cannot listen on {text}: {reason}";
            }
        }

        return null;
    }

    private static string? WhyNotBound(IPEndPoint address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            socket.Listen(1);
            return null;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another process has the address; stop it or choose another",
                SocketError.AccessDenied => "no permission for this port",
                SocketError.AddressNotAvailable => "this machine has no such address",
                _ => failure.Message,
            };
        }
    }
}
