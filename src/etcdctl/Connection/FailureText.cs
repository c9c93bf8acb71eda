using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
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
            EtcdException { Code: StatusCode.Unavailable or StatusCode.DeadlineExceeded, InnerException: { } inner }
                when Reason(inner) is { } reason => $"{DeadlineExceeded}: {reason}",
            EtcdException { Code: StatusCode.DeadlineExceeded } => DeadlineExceeded,
            EtcdException other => $"rpc error: code = {NameOf(other.Code)} desc = {other.Message}",
            _ => DeadlineExceeded,
        };

    private static string? Reason(Exception failure)
    {
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            if (inner is HttpRequestException request)
            {
                var reason = Innermost(request);
                return reason is ServerCertificateException ? reason.Message : WithAdvice(reason);
            }
        }

        return null;
    }

    /// <summary>
    /// A server that does not let somebody in ends the connection with an alert, whose name is all that there is; where the end is
    /// seen first, there is not even that.
    /// </summary>
    private static string WithAdvice(Exception reason) =>
        reason.Message.Contains("alert certificate required", StringComparison.Ordinal)
            ? "the server asks for a certificate; name one that it trusts with --cert and --key"
        : reason.Message.Contains(" alert ", StringComparison.Ordinal)
            ? $"the server ended the handshake ({reason.Message}); does it trust the certificate in --cert?"
        : SaysWhy(reason) ? $"{reason.Message}; are --endpoints and the TLS options right?"
        : "the server ended the connection; are --endpoints and the TLS options right, and does it trust the certificate in --cert?";

    /// <summary>
    /// Whether a connection was never made, of which the system and the handshake tell; of one that was ended, the words depend on
    /// which of read, write and close was under way, and help nobody.
    /// </summary>
    private static bool SaysWhy(Exception reason) =>
        reason
            is AuthenticationException
                or TimeoutException
                or SocketException
                {
                    SocketErrorCode: not (SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown)
                };

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;

    private static string NameOf(StatusCode code) =>
        code switch
        {
            StatusCode.Cancelled => "Canceled",
            _ => code.ToString(),
        };
}
