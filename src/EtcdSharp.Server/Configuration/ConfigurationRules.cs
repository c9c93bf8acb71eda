using EtcdSharp.Edge.Grpc;
using EtcdSharp.Node.Compaction;
using EtcdSharp.Platform.Network;
using EtcdSharp.Platform.Text;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Server.Configuration;

/// <summary>The rules that the values must keep, alone or together, with etcd's messages where etcd has the rule.</summary>
internal static class ConfigurationRules
{
    private const int ElectionTimeoutMillisecondsMax = 50_000;

    private static readonly Flag<IReadOnlyList<string>>[] s_listenFlags =
    [
        FlagTable.ListenPeerUrls,
        FlagTable.ListenClientUrls,
        FlagTable.ListenClientHttpUrls,
        FlagTable.ListenMetricsUrls,
    ];

    /// <summary>The first rule that is broken, as a message, or null. How the log is written comes first, as in etcd.</summary>
    public static string? FirstBroken(FlagValues values) =>
        BrokenAlone(values, FlagTable.Logging.Flags)
        ?? BrokenUrl(values)
        ?? BrokenDiscovery(values)
        ?? BrokenTiming(values)
        ?? BrokenAlone(values, values.Flags.All)
        ?? AutoCompaction.TryPlan(
            values.Text(FlagTable.AutoCompactionMode),
            values.Text(FlagTable.AutoCompactionRetention),
            out _
        );

    public static string? CompactionMode(string text) =>
        text switch
        {
            "periodic" or "revision" => null,
            "" => "undefined auto-compaction-mode",
            _ => $"unknown auto-compaction-mode \"{text}\"",
        };

    public static string? Emulated(string text) =>
        EtcdVersion.TryEmulate(text, out _) ? null : $"--emulated-version must be one of 3.5, 3.6, 3.7 (set to \"{text}\")";

    public static string? Deprecation(string text) =>
        text is "write-only" or "write-only-skip-check" or "write-only-drop-data" or "gone"
            ? null
            : $"invalid value \"{text}\" for flag -v2-deprecation: invalid value \"{text}\"";

    public static string? Fallback(string text) =>
        text == "proxy" ? "v2 proxy is deprecated, and --discovery-fallback can't be configured as \"proxy\"" : null;

    public static string? RequestBytes(string text) =>
        FlagText.Unsigned(text) is var bytes && bytes is 0 or > int.MaxValue
            ? $"--max-request-bytes must be between 1 and {int.MaxValue} (set to {bytes})"
            : null;

    public static string? CompactionBatch(string text) =>
        FlagText.Signed(text) is var batch && batch is < 0 or > int.MaxValue
            ? $"--compaction-batch-limit must be between 0 and {int.MaxValue} (set to {batch})"
            : null;

    public static string? Learners(string text) =>
        FlagText.Signed(text) is var learners && learners < 0 ? $"--max-learners must not be negative (set to {learners})" : null;

    public static string? CompactHashCheckTime(string text) =>
        FlagText.Duration(text) is var time && time <= TimeSpan.Zero
            ? $"--compact-hash-check-time must be >0 (set to {GoDuration.Format(time)})"
            : null;

    public static string? CorruptCheckTime(string text) =>
        FlagText.Duration(text) is var time && time < TimeSpan.Zero
            ? $"--corrupt-check-time must not be negative (set to {GoDuration.Format(time)})"
            : null;

    private static string? BrokenAlone(FlagValues values, IEnumerable<FlagDefinition> flags) =>
        flags.Select(flag => flag.Rule?.Invoke(values.Text(flag))).FirstOrDefault(problem => problem is not null);

    private static string? BrokenUrl(FlagValues values)
    {
        var addresses = new Dictionary<string, FlagDefinition>(StringComparer.Ordinal);
        foreach (var flag in s_listenFlags)
        {
            foreach (var url in Urls(values, flag))
            {
                if (url.CheckBind() is { } problem)
                {
                    return problem;
                }

                if (url.Scheme is "https" or "unixs")
                {
                    return $"{flag} asks for TLS ({url}), which is not built yet; use an http or unix URL";
                }

                var address = $"{(url.Host == "localhost" ? "127.0.0.1" : url.Host)}:{url.Port}";
                if ((url.IsUnixSocket || url.Port != 0) && !addresses.TryAdd(address, flag) && addresses[address] != flag)
                {
                    return $"{addresses[address]} and {flag} both listen on {address} ({url})";
                }
            }
        }

        // A file that names the one and not the other leaves the default of the other, as in etcd.
        if (
            values.SourceOf(FlagTable.ListenClientUrls) is FlagSource.CommandLine or FlagSource.Environment
            && !values.IsGiven(FlagTable.AdvertiseClientUrls)
        )
        {
            return "--advertise-client-urls is required when --listen-client-urls is set explicitly";
        }

        foreach (var url in Urls(values, FlagTable.AdvertisePeerUrls))
        {
            if (url is { IsUnixSocket: false, Host.Length: 0 })
            {
                return $"--initial-advertise-peer-urls \"{url}\" must be \"host:port\" (unexpected empty host ({url}))";
            }
        }

        foreach (var url in Urls(values, FlagTable.AdvertiseClientUrls))
        {
            if (url is { IsUnixSocket: false, Host.Length: 0 })
            {
                return $"--advertise-client-urls \"{url}\" must be in the format \"host:port\", \"unix:/path/to/socket\" or "
                    + $"\"unixs:/path/to/socket\" (unexpected empty host ({url}))";
            }
        }

        return null;
    }

    private static string? BrokenTiming(FlagValues values)
    {
        // Whole, as they were given: in the options they are cut to what a timer takes.
        var heartbeat = FlagText.Unsigned(values.Text(FlagTable.HeartbeatMs));
        var election = FlagText.Unsigned(values.Text(FlagTable.ElectionMs));
        return heartbeat == 0 ? "--heartbeat-interval must be >0 (set to 0ms)"
            : election == 0 ? "--election-timeout must be >0 (set to 0ms)"
            : heartbeat > election / 5
                ? $"--election-timeout[{election}ms] should be at least as 5 times as --heartbeat-interval[{heartbeat}ms]"
            : election > ElectionTimeoutMillisecondsMax
                ? $"--election-timeout[{election}ms] is too long, and should be set less than {ElectionTimeoutMillisecondsMax}ms"
            : null;
    }

    private static string? BrokenDiscovery(FlagValues values)
    {
        FlagDefinition[] ways = [FlagTable.InitialCluster, FlagTable.DiscoverySrv, FlagTable.DiscoveryEndpoints];
        var given = ways.Where(flag => values.IsGiven(flag) && values.Text(flag).Length != 0).ToList();
        var endpoints = values.Text(FlagTable.DiscoveryEndpoints);
        var hasEndpoints = values.IsGiven(FlagTable.DiscoveryEndpoints);
        return given.Count > 1
                ? "multiple discovery or bootstrap flags are set. "
                    + "Choose one of \"initial-cluster\", \"discovery-endpoints\" or \"discovery-srv\" "
                    + $"({string.Join(", ", given.Select(flag => $"{flag.Name} is \"{values.Text(flag)}\""))})"
            : values.Text(FlagTable.DiscoveryToken).Length != 0 != hasEndpoints
                ? "both --discovery-token and --discovery-endpoints must be set"
            : hasEndpoints && endpoints.Split(',').Any(string.IsNullOrWhiteSpace)
                ? "--discovery-endpoints must not contain empty endpoints"
            : null;
    }

    private static IReadOnlyList<EtcdUrl> Urls(FlagValues values, FlagDefinition flag) => EtcdUrl.ParseList(values.Text(flag));
}
