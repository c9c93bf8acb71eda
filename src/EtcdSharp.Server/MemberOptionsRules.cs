using System.Net;
using System.Net.Sockets;
using EtcdSharp.Edge.Listening;
using EtcdSharp.Node.Compaction;
using EtcdSharp.Node.Discovery;
using EtcdSharp.Platform.Network;
using EtcdSharp.Platform.Text;
using EtcdSharp.Replica.Membership;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server;

/// <summary>What would stop a member later, told before it writes anything or asks anybody.</summary>
internal static class MemberOptionsRules
{
    /// <summary>What Kestrel takes at least.</summary>
    private static readonly TimeSpan s_probeMin = TimeSpan.FromSeconds(1);

    /// <summary>The first option that cannot work, as a message, or null.</summary>
    public static string? FirstBroken(MemberOptions options) =>
        BrokenTiming(options)
        ?? BrokenBound(options)
        ?? BrokenWait(options)
        ?? BrokenPath(options)
        ?? BrokenRelease(options)
        ?? BrokenDiscovery(options)
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

    /// <summary>What a timer or a request waits for must be a time that one can wait for.</summary>
    private static string? BrokenWait(MemberOptions options) =>
        NotWaitable(options.PeerReadTimeout, nameof(options.PeerReadTimeout))
        ?? NotWaitable(options.PeerWriteTimeout, nameof(options.PeerWriteTimeout))
        ?? NotWaitable(options.WatchProgressInterval, nameof(options.WatchProgressInterval))
        ?? NotPositive(options.CompactHashCheckTime, nameof(options.CompactHashCheckTime))
        ?? NoPeriod(options.CompactHashCheckTime, nameof(options.CompactHashCheckTime))
        ?? NoPeriod(options.CorruptCheckTime, nameof(options.CorruptCheckTime))
        ?? NoPeriod(options.DowngradeCheckTime, nameof(options.DowngradeCheckTime))
        ?? TooLong(options.DowngradeCheckTime, nameof(options.DowngradeCheckTime))
        ?? (
            options.Drain < TimeSpan.Zero
                ? $"{nameof(options.Drain)} must not be negative (set to {GoDuration.Format(options.Drain)})"
                : null
        )
        ?? (options.KeepAlive.Interval <= TimeSpan.Zero ? null : BrokenProbe(options.KeepAlive));

    private static string? BrokenProbe(KeepAlivePolicy policy) =>
        Shorter(policy.Interval, $"{nameof(MemberOptions.KeepAlive)}.{nameof(policy.Interval)}")
        ?? Shorter(policy.Timeout, $"{nameof(MemberOptions.KeepAlive)}.{nameof(policy.Timeout)}");

    private static string? Shorter(TimeSpan time, string option) =>
        time < s_probeMin
            ? $"{option} must be at least {GoDuration.Format(s_probeMin)} (set to {GoDuration.Format(time)})"
            : null;

    private static string? NotWaitable(TimeSpan time, string option) => NotPositive(time, option) ?? TooLong(time, option);

    /// <summary>Zero and less switch off what runs from time to time.</summary>
    private static string? NoPeriod(TimeSpan time, string option) =>
        time > TimeSpan.Zero && time < FlagText.PeriodMin
            ? $"{option} must be at least {GoDuration.Format(FlagText.PeriodMin)} (set to {GoDuration.Format(time)})"
            : null;

    private static string? TooLong(TimeSpan time, string option) =>
        time > FlagText.WaitMax
            ? $"{option} must be at most {GoDuration.Format(FlagText.WaitMax)} (set to {GoDuration.Format(time)})"
            : null;

    private static string? NotPositive(TimeSpan time, string option) =>
        time <= TimeSpan.Zero ? $"{option} must be above 0 (set to {GoDuration.Format(time)})" : null;

    /// <summary>The system ends a name at a zero byte and would use another one than was given.</summary>
    private static string? BrokenPath(MemberOptions options) =>
        options.DataDirectory.Length == 0 ? $"{FlagTable.DataDirectory} names no directory"
        : options.DataDirectory.Contains('\0', StringComparison.Ordinal)
            ? $"{FlagTable.DataDirectory} has a zero byte in its name"
        : options.WalDirectory?.Contains('\0', StringComparison.Ordinal) == true
            ? $"{FlagTable.WalDirectory} has a zero byte in its name"
        : null;

    private static string? BrokenRelease(MemberOptions options) =>
        EtcdVersion.TryEmulate(options.EmulatedVersion, out _)
            ? null
            : $"version {options.EmulatedVersion} cannot be emulated, only 3.5, 3.6 and 3.7";

    private static string? BrokenDiscovery(MemberOptions options)
    {
        if (options.DiscoveryEndpoints.Count == 0)
        {
            return null;
        }

        foreach (var endpoint in options.DiscoveryEndpoints)
        {
            if (!DiscoveryService.IsEndpoint(endpoint))
            {
                return $"{FlagTable.DiscoveryEndpoints} has \"{endpoint}\", which is no host:port and no http URL";
            }
        }

        return NotPositive(options.DiscoveryRequestTimeout, FlagTable.DiscoveryRequestTimeout.ToString());
    }

    /// <summary>
    /// Binds every address for a moment. The member listens for others only after it has joined its cluster, which is too late to
    /// find out that it cannot.
    /// </summary>
    private static string? UnusableAddress(MemberOptions options)
    {
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

            if (url.Secure && options.UseTls is null)
            {
                return $"cannot listen on {text}: it needs a certificate and none is configured";
            }

            // Where the port is shared, another process may rightly have it.
            if (url.EndPoint is IPEndPoint address && !options.SocketReusePort && WhyNotBound(address) is { } reason)
            {
                return $"cannot listen on {text}: {reason}";
            }

            if (url.EndPoint is UnixDomainSocketEndPoint socket && WhyNoFile(socket) is { } why)
            {
                return $"cannot listen on {text}: {why}";
            }
        }

        return (options.AdvertiseClientUrls ?? [])
            .Select(text => EtcdUrl.TryParse(text, out _))
            .FirstOrDefault(problem => problem is not null);
    }

    /// <summary>A socket that is there is judged where it is taken over or found in use; what is told here is a folder that is none.</summary>
    private static string? WhyNoFile(UnixDomainSocketEndPoint socket) =>
        Path.GetDirectoryName(Path.GetFullPath(socket.ToString()!)) is { } folder && !Directory.Exists(folder)
            ? $"there is no directory {folder}"
            : null;

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
