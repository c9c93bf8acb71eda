namespace EtcdSharp.Grpc.Server;

internal sealed class ClientStreamingServerMethod<TRequest, TResponse>(
    GrpcMethod<TRequest, TResponse> method,
    ClientStreamingHandler<TRequest, TResponse> handler
) : ServerMethod(method.Kind, method.Service, method.Name)
{
    public override async Task RunAsync(GrpcServerCall call)
    {
        GrpcStatus status = call.Dispatcher.Starting(call);
        if (status.IsOk)
        {
            GrpcStreamReader<TRequest> requests = new(call, method.RequestMarshaller);
            call.WatchDeadline();
            try
            {
                GrpcResult<TResponse> result = await handler(requests, call).ConfigureAwait(false);
                status = result.Status;
                if (status.IsOk)
                {
                    status = call.Write(method.ResponseMarshaller, result.Value!);
                    method.ResponseMarshaller.Release(result.Value!);
                }
            }
#pragma warning disable CA1031 // The edge of the handlers: whatever escapes one of them ends its call and no other.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                status = call.Dispatcher.Failed(call, failure);
            }

            requests.Release();
        }

        call.Dispatcher.Finished(call, status);
    }
}
