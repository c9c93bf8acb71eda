using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using EtcdSharp.Grpc.Wire;

namespace EtcdSharp.Grpc.Client;

/// <summary>What headers, trailers and failed connections say about how a call ended.</summary>
internal static class ClientStatus
{
    private const long Http2RefusedStream = 7;
    private const long Http2Cancel = 8;
    private const long Http2EnhanceYourCalm = 11;

    /// <summary>An answer that is not gRPC at all has its status derived from the HTTP status, as the protocol's mapping says.</summary>
    public static void ThrowIfNoStream(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.OK || Header(response.Headers, "grpc-status") is not null)
        {
            return;
        }

        StatusCode code = (int)response.StatusCode switch
        {
            400 => StatusCode.Internal,
            401 => StatusCode.Unauthenticated,
            403 => StatusCode.PermissionDenied,
            404 => StatusCode.Unimplemented,
            429 or 502 or 503 or 504 => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
        throw new GrpcStatusException(
            code,
            string.Create(
                CultureInfo.InvariantCulture,
                $"unexpected HTTP status code received from server: {(int)response.StatusCode}"
            )
        );
    }

    /// <summary>Only after the body was read to its end: the trailers are there then.</summary>
    public static void ThrowIfNotOk(HttpResponseMessage response)
    {
        GrpcStatus status = Read(response, out bool inTrailers);
        if (!status.IsOk)
        {
            throw new GrpcStatusException(status, Metadata(inTrailers ? response.TrailingHeaders : response.Headers), null);
        }
    }

    public static GrpcMetadata Metadata(HttpHeaders headers)
    {
        GrpcMetadata metadata = [];
        foreach ((string name, HeaderStringValues values) in headers.NonValidated)
        {
            foreach (string value in values)
            {
                metadata.Add(name, value);
            }
        }

        return metadata;
    }

    public static string? Header(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : null;

    public static bool IsTransport(Exception failure) =>
        failure is OperationCanceledException or HttpRequestException or IOException;

    public static GrpcStatusException Translate(Exception failure, in CallDeadline deadline)
    {
        if (deadline.Expired)
        {
            return new(new(StatusCode.DeadlineExceeded, "context deadline exceeded"), null, failure);
        }

        if (failure is OperationCanceledException)
        {
            return new(new(StatusCode.Cancelled, "context canceled"), null, failure);
        }

        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            if (
                inner is HttpProtocolException protocol
                && protocol.Message.Contains("stream", StringComparison.OrdinalIgnoreCase)
            )
            {
                StatusCode code = protocol.ErrorCode switch
                {
                    Http2RefusedStream => StatusCode.Unavailable,
                    Http2Cancel => StatusCode.Cancelled,
                    Http2EnhanceYourCalm => StatusCode.ResourceExhausted,
                    _ => StatusCode.Internal,
                };
                return new(new(code, protocol.Message), null, failure);
            }
        }

        return new(new(StatusCode.Unavailable, Why(failure).Message), null, failure);
    }

    /// <summary>Of a handshake that failed, the outer message only points inward; what a user can act on is at the bottom.</summary>
    private static Exception Why(Exception failure) =>
        failure is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? failure.GetBaseException()
            : failure;

    private static GrpcStatus Read(HttpResponseMessage response, out bool inTrailers)
    {
        inTrailers = true;
        HttpHeaders place = response.TrailingHeaders;
        string? code = Header(place, "grpc-status");
        if (code is null)
        {
            inTrailers = false;
            place = response.Headers;
            code = Header(place, "grpc-status");
        }

        if (code is "0")
        {
            return GrpcStatus.Ok;
        }

        if (code is null)
        {
            return new(StatusCode.Internal, "server closed the stream without sending trailers");
        }

        string message = StatusText.Decode(Header(place, "grpc-message") ?? string.Empty);
        return
            int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number <= (int)StatusCode.Unauthenticated
            ? new((StatusCode)number, message)
            : new(StatusCode.Unknown, message);
    }
}
