using EtcdSharp.Node.Compaction;
using EtcdSharp.Platform.Text;

namespace EtcdSharp.Server.Configuration;

/// <summary>The rules that the values must keep together, with etcd's messages where etcd has the rule.</summary>
internal static class ConfigurationRules
{
    private const string DefaultOutput = "default";

    private static readonly string[] s_listenFlags =
    [
        "listen-peer-urls",
        "listen-client-urls",
        "listen-client-http-urls",
        "listen-metrics-urls",
    ];

    /// <summary>The first rule that is broken, as a message, or null.</summary>
    public static string? FirstBroken(FlagValues values, int electionTimeoutMillisecondsMax) =>
        BrokenLogging(values)
        ?? BrokenUrl(values)
        ?? BrokenDiscovery(values)
        ?? BrokenTiming(values, electionTimeoutMillisecondsMax)
        ?? BrokenChoice(values)
        ?? BrokenBound(values);

    private static string? BrokenLogging(FlagValues values)
    {
        var outputs = values.Text("log-outputs").Split(',');
        return values.Text("logger") switch
            {
                "zap" => null,
                "capnslog" => "--logger=capnslog is removed in v3.5",
                var logger => $"unknown logger option \"{logger}\"",
            }
            ?? (
                outputs.Contains("", StringComparer.Ordinal)
                    ? $"--log-outputs=\"{values.Text("log-outputs")}\" names an output that is empty"
                : outputs.Length > 1 && outputs.Contains(DefaultOutput, StringComparer.Ordinal)
                    ? $"multi logoutput for \"{DefaultOutput}\" is not supported yet"
                : outputs.FirstOrDefault(IsNoFile) is { } noFile
                    ? $"--log-outputs: \"{noFile}\" is no file; a file whose first folder or name has a colon begins with ./ or /"
                : EtcdConfiguration.NormalizeLogLevel(values.Text("log-level")) is null
                    ? $"--log-level must be one of debug, info, warn, error, dpanic, panic, fatal (set to \"{values.Text("log-level")}\")"
                : values.Text("log-format") is "json" or "console" or "" ? null
                : $"unknown log format: {values.Text("log-format")}, supported values json, console"
            );
    }

    /// <summary>What looks like a URL, other than one of a file.</summary>
    private static bool IsNoFile(string output) =>
        !output.StartsWith("file:///", StringComparison.Ordinal) && output.Split('/')[0].Contains(':', StringComparison.Ordinal);

    private static string? BrokenUrl(FlagValues values)
    {
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in s_listenFlags)
        {
            foreach (var url in values.Urls(name))
            {
                if (url.CheckBind() is { } problem)
                {
                    return problem;
                }

                if (url.Scheme is "https" or "unixs")
                {
                    return $"--{name} asks for TLS ({url}), which is not built yet; use an http or unix URL";
                }

                var address = $"{(url.Host == "localhost" ? "127.0.0.1" : url.Host)}:{url.Port}";
                if ((url.IsUnixSocket || url.Port != 0) && !addresses.TryAdd(address, name) && addresses[address] != name)
                {
                    return $"--{addresses[address]} and --{name} both listen on {address} ({url})";
                }
            }
        }

        // A file that names the one and not the other leaves the default of the other, as in etcd.
        if (
            values.SourceOf("listen-client-urls") is FlagSource.CommandLine or FlagSource.Environment
            && !values.IsGiven("advertise-client-urls")
        )
        {
            return "--advertise-client-urls is required when --listen-client-urls is set explicitly";
        }

        foreach (var url in values.Urls("initial-advertise-peer-urls"))
        {
            if (url is { IsUnixSocket: false, Host.Length: 0 })
            {
                return $"--initial-advertise-peer-urls \"{url}\" must be \"host:port\" (unexpected empty host ({url}))";
            }
        }

        foreach (var url in values.Urls("advertise-client-urls"))
        {
            if (url is { IsUnixSocket: false, Host.Length: 0 })
            {
                return $"--advertise-client-urls \"{url}\" must be in the format \"host:port\", \"unix:/path/to/socket\" or "
                    + $"\"unixs:/path/to/socket\" (unexpected empty host ({url}))";
            }
        }

        return null;
    }

    private static string? BrokenTiming(FlagValues values, int electionTimeoutMillisecondsMax)
    {
        var heartbeat = values.Unsigned("heartbeat-interval");
        var election = values.Unsigned("election-timeout");
        return heartbeat == 0 ? "--heartbeat-interval must be >0 (set to 0ms)"
            : election == 0 ? "--election-timeout must be >0 (set to 0ms)"
            : heartbeat > election / 5
                ? $"--election-timeout[{election}ms] should be at least as 5 times as --heartbeat-interval[{heartbeat}ms]"
            : election > (ulong)electionTimeoutMillisecondsMax
                ? $"--election-timeout[{election}ms] is too long, and should be set less than {electionTimeoutMillisecondsMax}ms"
            : null;
    }

    private static string? BrokenChoice(FlagValues values) =>
        values.Text("auto-compaction-mode") switch
        {
            "periodic" or "revision" => null,
            "" => "undefined auto-compaction-mode",
            var mode => $"unknown auto-compaction-mode \"{mode}\"",
        }
        ?? AutoCompaction.Check(values.Text("auto-compaction-mode"), values.Text("auto-compaction-retention"))
        ?? (
            values.Text("emulated-version") is "3.5" or "3.6" or "3.7"
                ? null
                : $"--emulated-version must be one of 3.5, 3.6, 3.7 (set to \"{values.Text("emulated-version")}\")"
        )
        ?? BrokenDeprecation(values);

    private static string? BrokenDeprecation(FlagValues values) =>
        values.Text("v2-deprecation") is "write-only" or "write-only-skip-check" or "write-only-drop-data" or "gone"
            ? null
            : $"invalid value \"{values.Text("v2-deprecation")}\" for flag -v2-deprecation: "
                + $"invalid value \"{values.Text("v2-deprecation")}\"";

    private static string? BrokenBound(FlagValues values) =>
        values.Unsigned("max-request-bytes") is var bytes && bytes is 0 or > int.MaxValue
            ? $"--max-request-bytes must be between 1 and {int.MaxValue} (set to {bytes})"
        : values.Integer("compaction-batch-limit") is var batch && batch is < 0 or > int.MaxValue
            ? $"--compaction-batch-limit must be between 0 and {int.MaxValue} (set to {batch})"
        : values.Integer("max-learners") is var learners && learners < 0
            ? $"--max-learners must not be negative (set to {learners})"
        : values.Duration("compact-hash-check-time") is var time && time <= TimeSpan.Zero
            ? $"--compact-hash-check-time must be >0 (set to {GoDuration.Format(time)})"
        : values.Duration("corrupt-check-time") is var check && check < TimeSpan.Zero
            ? $"--corrupt-check-time must not be negative (set to {GoDuration.Format(check)})"
        : null;

    private static string? BrokenDiscovery(FlagValues values)
    {
        string[] ways = ["initial-cluster", "discovery-srv", "discovery-endpoints"];
        var given = ways.Where(flag => values.IsGiven(flag) && values.Text(flag).Length != 0).ToList();
        var endpoints = values.Text("discovery-endpoints");
        var hasEndpoints = values.IsGiven("discovery-endpoints");
        return given.Count > 1
                ? "multiple discovery or bootstrap flags are set. "
                    + "Choose one of \"initial-cluster\", \"discovery-endpoints\" or \"discovery-srv\" "
                    + $"({string.Join(", ", given.Select(flag => $"{flag} is \"{values.Text(flag)}\""))})"
            : values.Text("discovery-token").Length != 0 != hasEndpoints
                ? "both --discovery-token and --discovery-endpoints must be set"
            : hasEndpoints && endpoints.Split(',').Any(string.IsNullOrWhiteSpace)
                ? "--discovery-endpoints must not contain empty endpoints"
            : values.Text("discovery-fallback") == "proxy"
                ? "v2 proxy is deprecated, and --discovery-fallback can't be configured as \"proxy\""
            : null;
    }
}
