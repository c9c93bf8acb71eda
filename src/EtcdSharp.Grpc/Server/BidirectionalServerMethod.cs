namespace EtcdSharp.Grpc.Server;

internal sealed class BidirectionalServerMethod<TRequest, TResponse>(
    GrpcMethod<TRequest, TResponse> method,
    BidirectionalHandler<TRequest, TResponse> handler
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
                if (status.IsOk)
                {
                    GrpcStreamWriter<TResponse> responses = new(call, method.ResponseMarshaller);
                    status = await handler(requests, responses, call).ConfigureAwait(false);
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
