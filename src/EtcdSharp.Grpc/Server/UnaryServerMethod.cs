using System.Buffers;

namespace EtcdSharp.Grpc.Server;

internal sealed class UnaryServerMethod<TRequest, TResponse>(
    GrpcMethod<TRequest, TResponse> method,
    UnaryHandler<TRequest, TResponse> handler
) : ServerMethod(method.Kind, method.Service, method.Name)
{
    private readonly Marshaller<TRequest> requests = method.RequestMarshaller;
    private readonly Marshaller<TResponse> responses = method.ResponseMarshaller;

    // One state machine from the first byte to the status, so that a call that has to wait allocates one object for it, however often
    // it waits, and a call that does not wait allocates none.
    public override async Task RunAsync(CallContext call)
    {
        GrpcStatus status = call.Table.Starting(call);
        if (status.IsOk)
        {
            try
            {
                MessageRead read = await call.Requests.ReadAsync().ConfigureAwait(false);
                if (read != MessageRead.Message)
                {
                    status = MissingRequest(call, read);
                }
                else if (TryDecode(call, out TRequest request, out status))
                {
                    try
                    {
                        status = await call.Table.AdmitAsync(call).ConfigureAwait(false);
                        if (status.IsOk)
                        {
                            GrpcResult<TResponse> result = await handler(request, call).ConfigureAwait(false);
                            status =
                                result.Status.IsOk && responses.Pieces(result.Value!) is { } pieces
                                    ? await AnswerInPiecesAsync(call, result.Value!, pieces).ConfigureAwait(false)
                                    : Answer(call, result);
                        }
                    }
                    finally
                    {
                        requests.Release(request);
                    }
                }
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

    private bool TryDecode(CallContext call, out TRequest request, out GrpcStatus status)
    {
        ReadOnlySequence<byte> bytes = call.Requests.Message;
        call.Received((int)bytes.Length);
        try
        {
            request = requests.Decode(bytes);
            status = default;
            return true;
        }
        catch (InvalidDataException failure)
        {
            request = default!;
            status = Undecodable(failure);
            return false;
        }
    }

    private async ValueTask<GrpcStatus> AnswerInPiecesAsync(CallContext call, TResponse response, IMessagePieces pieces)
    {
        try
        {
            return await call.WriteInPiecesAsync(pieces).ConfigureAwait(false);
        }
        finally
        {
            responses.Release(response);
        }
    }

    private GrpcStatus Answer(CallContext call, in GrpcResult<TResponse> result)
    {
        if (!result.Status.IsOk)
        {
            return result.Status;
        }

        TResponse response = result.Value!;
        GrpcStatus written = call.Write(responses, response);
        responses.Release(response);
        return written;
    }
}
