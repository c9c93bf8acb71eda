namespace EtcdSharp.Grpc.Server;

internal sealed class ClientStreamingServerMethod<TRequest, TResponse>(
    GrpcMethod<TRequest, TResponse> method,
    ClientStreamingHandler<TRequest, TResponse> handler
) : ServerMethod(method.Kind, method.Service, method.Name)
{
    public override async Task RunAsync(CallContext call)
    {
        GrpcStatus status = call.Table.Starting(call);
        if (status.IsOk)
        {
            GrpcStreamReader<TRequest> requests = new(call, method.RequestMarshaller);
            call.WatchDeadline();
            try
            {
                status = await call.Table.AdmitAsync(call).ConfigureAwait(false);
                GrpcResult<TResponse> result = status.IsOk ? await handler(requests, call).ConfigureAwait(false) : status;
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
                status = call.Table.Failed(call, failure);
            }

            requests.Release();
        }

        call.Table.Finished(call, status);
    }
}
