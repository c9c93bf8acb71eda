using System.Net.Http;
using EtcdSharp.Client;
using EtcdSharp.Grpc;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>The words in which etcdctl tells that a call failed.</summary>
internal static class FailureText
{
    private const string DeadlineExceeded = "context deadline exceeded";

    public static string Of(Exception failure) =>
        failure switch
        {
            EtcdException { Error: { } known } => known.Message,
            EtcdException { Code: StatusCode.DeadlineExceeded } => DeadlineExceeded,
            EtcdException { Code: StatusCode.Unavailable, InnerException: { } inner } when Reason(inner) is { } reason =>
                $"{DeadlineExceeded}: {reason}; are --endpoints and the TLS options right?",
            EtcdException other => $"rpc error: code = {NameOf(other.Code)} desc = {other.Message}",
            _ => DeadlineExceeded,
        };

    private static string? Reason(Exception failure)
    {
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            if (inner is HttpRequestException request)
            {
                return Innermost(request).Message;
            }
        }

        return null;
    }

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;

    private static string NameOf(StatusCode code) =>
        code switch
        {
            StatusCode.Cancelled => "Canceled",
            _ => code.ToString(),
        };
}
