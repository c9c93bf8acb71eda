namespace EtcdSharp.Grpc.Server;

internal sealed class ServerStreamingServerMethod<TRequest, TResponse>(
    GrpcMethod<TRequest, TResponse> method,
    ServerStreamingHandler<TRequest, TResponse> handler
) : ServerMethod(method.Kind, method.Service, method.Name)
{
    public override async Task RunAsync(CallContext call)
    {
        GrpcStatus status = call.Table.Starting(call);
        if (status.IsOk)
        {
            call.WatchDeadline();
            try
            {
                MessageRead read = await call.Requests.ReadAsync().ConfigureAwait(false);
                status = read == MessageRead.Message ? await AnswerAsync(call).ConfigureAwait(false) : MissingRequest(call, read);
            }
#pragma warning disable CA1031 // The edge of the handlers: whatever escapes one of them ends its call and no other.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                status = call.Table.Failed(call, failure);
            }
        }

        call.Table.Finished(call, status);
    }

    private async ValueTask<GrpcStatus> AnswerAsync(CallContext call)
    {
        call.Received((int)call.Requests.Message.Length);
        TRequest request;
        try
        {
            request = method.RequestMarshaller.Decode(call.Requests.Message);
        }
        catch (InvalidDataException failure)
        {
            return Undecodable(failure);
        }

        GrpcStatus status = await call.Table.AdmitAsync(call).ConfigureAwait(false);
        if (status.IsOk)
        {
            GrpcStreamWriter<TResponse> responses = new(call, method.ResponseMarshaller);
            status = await handler(request, responses, call).ConfigureAwait(false);
        }

        method.RequestMarshaller.Release(request);
        return status;
    }
}
