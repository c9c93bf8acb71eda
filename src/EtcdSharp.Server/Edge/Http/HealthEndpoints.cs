using System.Text;
using System.Text.Json;
using EtcdSharp.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Edge.Http;

/// <summary><c>/health</c> with etcd's JSON answer, and <c>/livez</c> and <c>/readyz</c> with a path below for each check.</summary>
internal sealed partial class HealthEndpoints(IMemberState member, ILogger<HealthEndpoints> logger)
{
    /// <summary>etcd's request timeout: 5 s and twice the election timeout of 1 s.</summary>
    private static readonly TimeSpan s_probeTimeout = TimeSpan.FromSeconds(7);

    private static readonly HealthCheck[] s_livez = [HealthCheck.SerializableRead];

    private static readonly HealthCheck[] s_readyz =
    [
        HealthCheck.DataCorruption,
        HealthCheck.SerializableRead,
        HealthCheck.LinearizableRead,
        HealthCheck.NonLearner,
    ];

    /// <summary>Answers when the path is one of health; false when it is not.</summary>
    public async ValueTask<bool> TryServeAsync(HttpContext http, string path)
    {
        if (path == "/health")
        {
            await ServeHealthAsync(http);
            return true;
        }

        var slash = path.IndexOf('/', 1);
        var root = slash < 0 ? path : path[..slash];
        HealthCheck[]? checks = root switch
        {
            "/livez" => s_livez,
            "/readyz" => s_readyz,
            _ => null,
        };
        if (checks is not null && slash >= 0)
        {
            var name = path[(slash + 1)..];
            checks = [.. checks.Where(check => check.Name == name)];
        }

        if (checks is null or { Length: 0 })
        {
            return false;
        }

        await ServeChecksAsync(http, path, root[1..], checks, excludable: slash < 0);
        return true;
    }

    private async ValueTask ServeHealthAsync(HttpContext http)
    {
        if (!await PlainHttp.OnlyAsync(http, HttpMethods.Get))
        {
            return;
        }

        var serializable = http.Request.Query["serializable"].FirstOrDefault() == "true";
        var reason = AlarmReason(http.Request.Query["exclude"]) ?? (serializable || member.HasLeader ? null : "RAFT NO LEADER");
        if (reason is null)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            timeout.CancelAfter(s_probeTimeout);
            reason = await member.ProbeReadAsync(serializable, timeout.Token) is { } error ? "RANGE ERROR:" + error : null;
        }

        var body =
            $"{{\"health\":\"{(reason is null ? "true" : "false")}\",\"reason\":\"{JsonEncodedText.Encode(reason ?? "")}\"}}";
        (reason is null ? HttpMetrics.HealthSuccess : HttpMetrics.HealthFailures).Add(1);
        if (reason is null)
        {
            await http.Response.WriteAsync(body);
            return;
        }

        LogUnhealthy(body, StatusCodes.Status503ServiceUnavailable);
        await PlainHttp.ErrorAsync(http, StatusCodes.Status503ServiceUnavailable, body);
    }

    private string? AlarmReason(IEnumerable<string?> excluded) =>
        member
            .Alarms.FirstOrDefault(alarm => !excluded.Contains(alarm.Alarm.ToString().ToUpperInvariant(), StringComparer.Ordinal))
            ?.Alarm switch
        {
            null => null,
            AlarmType.Nospace => "ALARM NOSPACE",
            AlarmType.Corrupt => "ALARM CORRUPT",
            _ => "ALARM UNKNOWN",
        };

    private async ValueTask ServeChecksAsync(HttpContext http, string path, string type, HealthCheck[] checks, bool excludable)
    {
        if (!await PlainHttp.OnlyAsync(http, HttpMethods.Get))
        {
            return;
        }

        var excluded = excludable
            ? http.Request.Query["exclude"].Where(name => !string.IsNullOrEmpty(name)).ToHashSet(StringComparer.Ordinal)
            : [];
        var lines = new StringBuilder();
        var failed = false;
        foreach (var check in checks.Where(check => !excluded.Remove(check.Name)))
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            timeout.CancelAfter(s_probeTimeout);
            var error = await check.Run(member, timeout.Token);
            failed |= error is not null;
            lines.Append(error is null ? $"[+]{check.Name} ok\n" : $"[-]{check.Name} failed: {error}\n");
            HttpMetrics.RecordCheck(type, check.Name, error is null);
        }

        if (excluded.Count > 0)
        {
            LogNotExcludable(string.Join(',', excluded.Select(name => $"\"{name}\"")));
        }

        if (failed)
        {
            LogCheckFailed(path, lines.ToString(), StatusCodes.Status503ServiceUnavailable);
            await PlainHttp.ErrorAsync(http, StatusCodes.Status503ServiceUnavailable, lines.ToString());
            return;
        }

        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        await http.Response.WriteAsync(http.Request.Query.ContainsKey("verbose") ? lines.Append("ok\n").ToString() : "ok\n");
    }

    [LoggerMessage(LogLevel.Warning, "/health error")]
    private partial void LogUnhealthy(string output, int statusCode);

    [LoggerMessage(LogLevel.Error, "Health check error")]
    private partial void LogCheckFailed(string path, string reason, int statusCode);

    [LoggerMessage(LogLevel.Warning, "some health checks cannot be excluded")]
    private partial void LogNotExcludable(string missingHealthChecks);
}
