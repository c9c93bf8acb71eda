using Microsoft.AspNetCore.Http.Features;

namespace EtcdSharp.Grpc.Server;

/// <summary>Brings the gRPC requests of Kestrel to the methods of a table. It works on the features of a request directly.</summary>
public sealed class GrpcDispatcher(CallTable calls)
{
    public CallTable Calls { get; } = calls;

    /// <summary>A call object to be used again and again for the requests of one stream slot.</summary>
    public GrpcServerCall NewCall() => new(Calls);

    /// <summary>Serves one request. <paramref name="call"/> comes from <see cref="NewCall"/> and serves one request at a time.</summary>
    public Task InvokeAsync(GrpcServerCall call, IFeatureCollection request)
    {
        if (!call.TryStart(request))
        {
            return Task.CompletedTask;
        }

        if (Calls.Find(call.RequestPath, out GrpcStatus unknown) is not { } method)
        {
            call.Respond(unknown);
            return Task.CompletedTask;
        }

        GrpcStatus bound = call.Bind(method);
        if (!bound.IsOk)
        {
            call.Respond(bound);
            return Task.CompletedTask;
        }

        return method.RunAsync(call);
    }
}
