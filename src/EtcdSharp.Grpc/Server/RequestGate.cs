using EtcdSharp.Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace EtcdSharp.Grpc.Server;

/// <summary>What makes a request a gRPC call at all. The answers to the others are grpc-go's: an HTTP status and a gRPC status in one.</summary>
internal static class RequestGate
{
    private const string GrpcContentType = "application/grpc";

    public static bool TryAdmit(GrpcServerCall call, IHttpRequestFeature request, IHttpResponseFeature response)
    {
        IHeaderDictionary headers = request.Headers;
        StringValues contentType = headers.ContentType;
        if (!IsGrpc(contentType))
        {
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            call.Respond(new(StatusCode.InvalidArgument, $"invalid gRPC request content-type \"{contentType}\""));
            return false;
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            call.Respond(
                new(StatusCode.Internal, $"Received a HEADERS frame with :method \"{request.Method}\" which should be POST")
            );
            return false;
        }

        if (call.Metadata.Exceeds(headers, GrpcServerOptions.MetadataBytesMax))
        {
            call.Respond(
                new(
                    StatusCode.ResourceExhausted,
                    $"grpc: received metadata larger than max ({GrpcServerOptions.MetadataBytesMax} bytes)"
                )
            );
            return false;
        }

        StringValues timeout = headers["grpc-timeout"];
        if (timeout.Count == 0)
        {
            return true;
        }

        if (!GrpcTimeout.TryParse(timeout[0], out TimeSpan parsed))
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            call.Respond(new(StatusCode.Internal, $"malformed grpc-timeout: \"{timeout[0]}\""));
            return false;
        }

        call.SetTimeout(parsed);
        return true;
    }

    /// <summary><c>application/grpc</c>, alone or followed by <c>+subtype</c> or <c>;parameters</c>.</summary>
    public static bool IsGrpc(StringValues contentType)
    {
        string? value = contentType.Count == 0 ? null : contentType[0];
        if (value is null || !value.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return value.Length == GrpcContentType.Length || value[GrpcContentType.Length] is '+' or ';';
    }
}
