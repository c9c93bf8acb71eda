using EtcdSharp.Grpc.Server;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EtcdSharp.Edge.Listening;

/// <summary>
/// What Kestrel runs for every request. As with etcd, HTTP/2 on a clear-text port is gRPC and nothing else; behind TLS, where both
/// protocols come over HTTP/2, the content type decides.
/// </summary>
internal sealed class EdgeApplication(GrpcDispatcher? grpc, RequestDelegate? http) : IHttpApplication<EdgeContext>
{
    private readonly RequestDelegate http = http ?? NotFoundAsync;

    public EdgeContext CreateContext(IFeatureCollection contextFeatures)
    {
        EdgeContext? context = null;
        if (contextFeatures is IHostContextContainer<EdgeContext> slot)
        {
            context = slot.HostContext ??= new();
        }

        context ??= new();
        context.Features = contextFeatures;
        return context;
    }

    public Task ProcessRequestAsync(EdgeContext context)
    {
        IFeatureCollection features = context.Features;
        if (grpc is not null && IsGrpc(features))
        {
            return grpc.InvokeAsync(context.Call ??= grpc.NewCall(), features);
        }

        if (context.Http is null)
        {
            context.Http = new DefaultHttpContext(features);
        }
        else
        {
            context.Http.Initialize(features);
        }

        return http(context.Http);
    }

    public void DisposeContext(EdgeContext context, Exception? exception) => context.Http?.Uninitialize();

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static bool IsGrpc(IFeatureCollection features)
    {
        IHttpRequestFeature request = features.Get<IHttpRequestFeature>()!;
        if (!HttpProtocol.IsHttp2(request.Protocol))
        {
            return false;
        }

        return features.Get<ITlsHandshakeFeature>() is null || RequestGate.IsGrpc(request.Headers.ContentType);
    }
}
