namespace EtcdSharp.Server.Configuration;

/// <summary>The rules that the values must keep together, with etcd's messages.</summary>
internal static class ConfigurationRules
{
    private static readonly string[] s_listenFlags =
    [
        "listen-peer-urls",
        "listen-client-urls",
        "listen-client-http-urls",
        "listen-metrics-urls",
    ];

    /// <summary>The first rule that is broken, as a message, or null.</summary>
    public static string? FirstBroken(FlagValues values, int electionTimeoutMillisecondsMax) =>
        BrokenUrl(values)
        ?? BrokenTiming(values, electionTimeoutMillisecondsMax)
        ?? BrokenChoice(values)
        ?? BrokenBound(values)
        ?? BrokenDiscovery(values)
        ?? BrokenMembers(values);

    private static string? BrokenUrl(FlagValues values)
    {
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
            }
        }

        if (values.IsGiven("listen-client-urls") && !values.IsGiven("advertise-client-urls"))
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
        NotOneOf(values, "initial-cluster-state", "new", "existing")
        ?? NotOneOf(values, "auto-compaction-mode", "periodic", "revision")
        ?? NotOneOf(values, "emulated-version", "3.5", "3.6", "3.7")
        ?? NotOneOf(values, "metrics", "basic", "extensive")
        ?? NotOneOf(values, "logger", "zap")
        ?? NotOneOf(values, "log-level", "debug", "info", "warn", "error", "dpanic", "panic", "fatal")
        ?? NotOneOf(values, "log-format", "json", "console")
        ?? BrokenRetention(values);

    private static string? BrokenRetention(FlagValues values)
    {
        var retention = values.Text("auto-compaction-retention");
        var right =
            ulong.TryParse(retention, out _)
            || (
                values.Text("auto-compaction-mode") == "periodic"
                && GoDuration.TryParse(retention, out var time)
                && time >= TimeSpan.Zero
            );
        return right
            ? null
            : $"error parsing CompactionRetention: \"{retention}\" is not a number, nor with mode periodic a duration such as 30m";
    }

    private static string? BrokenBound(FlagValues values) =>
        values.Unsigned("max-request-bytes") is 0 or > int.MaxValue ? "--max-request-bytes must be between 1 and 2147483647"
        : values.Integer("compaction-batch-limit") is <= 0 or > int.MaxValue ? "--compaction-batch-limit must be >0"
        : values.Duration("compact-hash-check-time") is var time && time <= TimeSpan.Zero
            ? $"--compact-hash-check-time must be >0 (set to {GoDuration.Format(time)})"
        : values.Duration("corrupt-check-time") < TimeSpan.Zero ? "--corrupt-check-time must not be negative"
        : values.Unsigned("max-wals") > int.MaxValue || values.Unsigned("max-snapshots") > int.MaxValue
            ? "--max-wals and --max-snapshots must be at most 2147483647"
        : null;

    private static string? BrokenDiscovery(FlagValues values)
    {
        string[] ways = ["initial-cluster", "discovery-srv", "discovery-endpoints"];
        return ways.Count(flag => values.IsGiven(flag) && values.Text(flag).Length != 0) > 1
                ? "multiple discovery or bootstrap flags are set. "
                    + "Choose one of \"initial-cluster\", \"discovery-endpoints\" or \"discovery-srv\""
            : values.Text("discovery-token").Length != 0 != (values.Words("discovery-endpoints").Count != 0)
                ? "both --discovery-token and --discovery-endpoints must be set"
            : null;
    }

    private static string? BrokenMembers(FlagValues values)
    {
        if (!values.IsGiven("initial-cluster"))
        {
            return null;
        }

        var names = values
            .Text("initial-cluster")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => pair.Split('=', 2)[0])
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return !names.Contains(values.Text("name"), StringComparer.Ordinal)
            ? $"couldn't find local name \"{values.Text("name")}\" in the initial cluster configuration"
            : null;
    }

    private static string? NotOneOf(FlagValues values, string flag, params string[] choices) =>
        choices.Contains(values.Text(flag), StringComparer.Ordinal)
            ? null
            : $"--{flag} must be one of {string.Join(", ", choices)} (set to \"{values.Text(flag)}\")";
}
