using System.Text;
using System.Text.Json;
using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Server.Peer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Edge.Http;

/// <summary><c>/health</c> with etcd's JSON answer, and <c>/livez</c> and <c>/readyz</c> with a path below for each check.</summary>
internal sealed partial class HealthEndpoints(IMemberState member, HttpMetrics metrics, ILogger<HealthEndpoints> logger)
{
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

        var slash = path.LastIndexOf('/');
        slash = slash > 0 ? slash : -1;
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
            LogHealthMethod(StatusCodes.Status405MethodNotAllowed);
            return;
        }

        var serializable = http.Request.Query["serializable"].FirstOrDefault() == "true";
        var reason = AlarmReason(http.Request.Query["exclude"]);
        if (reason is null && !serializable && !member.HasLeader)
        {
            LogNoLeader();
            reason = "RAFT NO LEADER";
        }

        if (reason is null)
        {
            var error = await BoundedAsync(
                http,
                cancellation => member.ProbeReadAsync(serializable, cancellation),
                "context deadline exceeded"
            );
            if (error is not null)
            {
                LogRangeFails(error);
                reason = "RANGE ERROR:" + error;
            }
        }

        var body =
            $"{{\"health\":\"{(reason is null ? "true" : "false")}\",\"reason\":\"{JsonEncodedText.Encode(reason ?? "")}\"}}";
        (reason is null ? metrics.HealthSuccess : metrics.HealthFailures).Add(1);
        if (reason is null)
        {
            await PlainHttp.WriteAsync(http, PlainHttp.PlainText, body);
            return;
        }

        LogUnhealthy(body, StatusCodes.Status503ServiceUnavailable);
        await PlainHttp.ErrorAsync(http, StatusCodes.Status503ServiceUnavailable, body);
    }

    private string? AlarmReason(IEnumerable<string?> excluded)
    {
        var alarm = member.Alarms.FirstOrDefault(alarm => !excluded.Contains(NameOf(alarm.Alarm), StringComparer.Ordinal));
        if (alarm is null)
        {
            return null;
        }

        LogAlarm($"memberID:{alarm.MemberID} alarm:{NameOf(alarm.Alarm)} ");
        return alarm.Alarm switch
        {
            AlarmType.Nospace => "ALARM NOSPACE",
            AlarmType.Corrupt => "ALARM CORRUPT",
            _ => "ALARM UNKNOWN",
        };
    }

    private static string NameOf(AlarmType alarm) => alarm.ToString().ToUpperInvariant();

    private async ValueTask ServeChecksAsync(HttpContext http, string path, string type, HealthCheck[] checks, bool excludable)
    {
        if (!await PlainHttp.OnlyAsync(http, HttpMethods.Get))
        {
            LogCheckMethod(path, StatusCodes.Status405MethodNotAllowed);
            return;
        }

        var excluded = excludable
            ? http.Request.Query["exclude"].Where(name => !string.IsNullOrEmpty(name)).ToHashSet(StringComparer.Ordinal)
            : [];
        var lines = new StringBuilder();
        var failed = false;
        foreach (var check in checks.Where(check => !excluded.Remove(check.Name)))
        {
            var error = await BoundedAsync(http, cancellation => check.Run(member, cancellation), EtcdError.Timeout.Message);
            failed |= error is not null;
            lines.Append(error is null ? $"[+]{check.Name} ok\n" : $"[-]{check.Name} failed: {error}\n");
            metrics.RecordCheck(type, check.Name, error is null);
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

        http.Response.Headers.XContentTypeOptions = "nosniff";
        var body = http.Request.Query.ContainsKey("verbose") ? lines.Append("ok\n").ToString() : "ok\n";
        await PlainHttp.WriteAsync(http, PlainHttp.PlainText, body);
    }

    /// <summary>No probe waits longer than a request may take: it is then answered as failed, with the text given.</summary>
    private async ValueTask<string?> BoundedAsync(
        HttpContext http,
        Func<CancellationToken, ValueTask<string?>> probe,
        string tooLate
    )
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        enough.CancelAfter(member.RequestTimeout);
        try
        {
            return await probe(enough.Token);
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            return http.RequestAborted.IsCancellationRequested ? "context canceled" : tooLate;
        }
    }

    [LoggerMessage(LogLevel.Warning, "/health error")]
    private partial void LogHealthMethod(int statusCode);

    [LoggerMessage(LogLevel.Warning, "serving /health false due to an alarm")]
    private partial void LogAlarm(string alarm);

    [LoggerMessage(LogLevel.Warning, "serving /health false; no leader")]
    private partial void LogNoLeader();

    [LoggerMessage(LogLevel.Warning, "serving /health false; Range fails")]
    private partial void LogRangeFails(string error);

    [LoggerMessage(LogLevel.Warning, "Health request error")]
    private partial void LogCheckMethod(string path, int statusCode);

    [LoggerMessage(LogLevel.Warning, "/health error")]
    private partial void LogUnhealthy(string output, int statusCode);

    [LoggerMessage(LogLevel.Error, "Health check error")]
    private partial void LogCheckFailed(string path, string reason, int statusCode);

    [LoggerMessage(LogLevel.Warning, "some health checks cannot be excluded")]
    private partial void LogNotExcludable(string missingHealthChecks);
}
