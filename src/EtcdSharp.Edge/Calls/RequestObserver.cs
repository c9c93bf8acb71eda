using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using EtcdSharp.Edge.Metrics;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Server;
using EtcdSharp.Replica.Lease;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Edge.Calls;

/// <summary>Counts and times every call, and logs a unary one that takes too long (--warning-unary-request-duration).</summary>
internal sealed class RequestObserver : CallStage
{
    private const string Range = "Range";

    /// <summary>The methods whose time etcd keeps, with the name of the request behind each.</summary>
    private static readonly (string Method, string Type)[] s_timed =
    [
        (Range, Range),
        ("Put", "Put"),
        ("DeleteRange", "DeleteRange"),
        ("Txn", "Txn"),
        ("Compact", "Compaction"),
        ("LeaseGrant", "LeaseGrant"),
        ("LeaseRevoke", "LeaseRevoke"),
        ("Alarm", "Alarm"),
        ("Authenticate", "Authenticate"),
        ("AuthEnable", "AuthEnable"),
        ("AuthDisable", "AuthDisable"),
        ("AuthStatus", "AuthStatus"),
        ("UserAdd", "AuthUserAdd"),
        ("UserDelete", "AuthUserDelete"),
        ("UserGet", "AuthUserGet"),
        ("UserChangePassword", "AuthUserChangePassword"),
        ("UserGrantRole", "AuthUserGrantRole"),
        ("UserRevokeRole", "AuthUserRevokeRole"),
        ("UserList", "AuthUserList"),
        ("RoleAdd", "AuthRoleAdd"),
        ("RoleDelete", "AuthRoleDelete"),
        ("RoleGet", "AuthRoleGet"),
        ("RoleList", "AuthRoleList"),
        ("RoleGrantPermission", "AuthRoleGrantPermission"),
        ("RoleRevokePermission", "AuthRoleRevokePermission"),
    ];

    private readonly FrozenDictionary<string, RequestTimes> _times;
    private readonly ClientVersions _versions;
    private readonly StreamFailures _failures;
    private readonly ILogger _logger;
    private readonly long _warningTicks;

    /// <param name="collector">Where the measurements go.</param>
    /// <param name="warning">Unary calls that take longer are logged.</param>
    /// <param name="logger">Where to.</param>
    public RequestObserver(MetricsCollector collector, TimeSpan warning, ILogger logger)
    {
        _times = s_timed.ToFrozenDictionary(
            timed => timed.Method,
            timed => new RequestTimes(collector, timed.Type, isRange: timed.Method == Range),
            StringComparer.Ordinal
        );
        _versions = new ClientVersions(collector);
        _failures = new StreamFailures(collector, logger);
        _logger = logger;
        _warningTicks = (long)(warning.TotalSeconds * Stopwatch.Frequency);
    }

    public override GrpcStatus Starting(CallContext call)
    {
        _versions.Count(call.Header("client-api-version"), isUnary: call.Kind == GrpcMethodKind.Unary);
        return GrpcStatus.Ok;
    }

    public override void Finished(CallContext call, GrpcStatus status)
    {
        if (call.Kind != GrpcMethodKind.Unary)
        {
            _failures.Finished(call, status);
            return;
        }

        var took = Stopwatch.GetTimestamp() - call.StartTimestamp;
        if (_times.TryGetValue(call.MethodName, out var times))
        {
            times.Record(status.IsOk, took / (double)Stopwatch.Frequency);
        }

        if (took > _warningTicks || _logger.IsEnabled(LogLevel.Debug))
        {
            Log(call, TimeSpan.FromSeconds(took / (double)Stopwatch.Frequency), slow: took > _warningTicks);
        }
    }

    /// <summary>The field names have blanks, as etcd's have, which no parameter of a log method can.</summary>
    private void Log(CallContext call, TimeSpan took, bool slow)
    {
        KeyValuePair<string, object?>[] fields =
        [
            new(
                "start time",
                (DateTimeOffset.UtcNow - took).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)
            ),
            new("time spent", took),
            new("remote", call.Peer?.ToString() ?? ""),
            new("response type", call.Path),
            new("request size", call.ReceivedBytes),
            new("response size", call.SentBytes),
        ];
        _logger.Log(slow ? LogLevel.Warning : LogLevel.Debug, default, fields, null, static (_, _) => "request stats");
    }
}
