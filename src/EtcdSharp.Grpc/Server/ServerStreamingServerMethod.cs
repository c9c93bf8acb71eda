using EtcdSharp.Grpc.Wire;

namespace EtcdSharp.Grpc.Server;

internal sealed class ServerStreamingServerMethod<TRequest, TResponse>(
    GrpcMethod<TRequest, TResponse> method,
    ServerStreamingHandler<TRequest, TResponse> handler
) : ServerMethod(method.Kind, method.Service, method.Name)
{
    public override async Task RunAsync(GrpcServerCall call)
    {
        GrpcStatus status = call.Dispatcher.Starting(call);
        if (status.IsOk)
        {
            call.WatchDeadline();
            try
            {
                FrameRead read = await call.Frames.ReadAsync().ConfigureAwait(false);
                status = read == FrameRead.Message ? await AnswerAsync(call).ConfigureAwait(false) : MissingRequest(call, read);
            }
#pragma warning disable CA1031 // The edge of the handlers: whatever escapes one of them ends its call and no other.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                status = call.Dispatcher.Failed(call, failure);
            }
        }

        call.Dispatcher.Finished(call, status);
    }

    private async ValueTask<GrpcStatus> AnswerAsync(GrpcServerCall call)
    {
        call.Received((int)call.Frames.Message.Length);
        TRequest request;
        try
        {
            request = method.RequestMarshaller.Decode(call.Frames.Message);
        }
        catch (InvalidDataException failure)
        {
            return Undecodable(failure);
        }

        GrpcStreamWriter<TResponse> responses = new(call, method.ResponseMarshaller);
        GrpcStatus status = await handler(request, responses, call).ConfigureAwait(false);
        method.RequestMarshaller.Release(request);
        return status;
    }
}
