using System.Runtime.CompilerServices;

namespace EtcdSharp.Grpc.Server;

/// <summary>The requests of a streaming call, one after the other; one reader at a time.</summary>
public sealed class GrpcStreamReader<T>
{
    private readonly CallContext call;
    private readonly Marshaller<T> marshaller;
    private T current = default!;
    private bool holdsCurrent;

    internal GrpcStreamReader(CallContext call, Marshaller<T> marshaller)
    {
        this.call = call;
        this.marshaller = marshaller;
    }

    /// <summary>The message of the last successful <see cref="MoveNextAsync"/>, valid until the next one.</summary>
    public T Current => holdsCurrent ? current : throw new InvalidOperationException("no message was read");

    /// <summary>
    /// True: there is a next message. False: the client has closed its side in good order. Anything else — a malformed frame, the
    /// client's reset, the deadline — throws <see cref="GrpcStatusException"/>, so that half a stream is never taken for a whole one.
    /// </summary>
    public ValueTask<bool> MoveNextAsync()
    {
        Release();
        ValueTask<MessageRead> pending = call.Requests.ReadAsync();
        return pending.IsCompletedSuccessfully ? new(Take(pending.Result)) : MoveNextSlowlyAsync(pending);
    }

    internal void Release()
    {
        if (holdsCurrent)
        {
            holdsCurrent = false;
            marshaller.Release(current);
            current = default!;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> MoveNextSlowlyAsync(ValueTask<MessageRead> pending) =>
        Take(await pending.ConfigureAwait(false));

    private bool Take(MessageRead read)
    {
        if (read == MessageRead.End)
        {
            return false;
        }

        if (read == MessageRead.Failed)
        {
            GrpcStatus failure = call.Requests.Failure;
            throw new GrpcStatusException(failure.Code == StatusCode.Cancelled ? call.CancelledStatus() : failure);
        }

        call.Received((int)call.Requests.Message.Length);
        try
        {
            current = marshaller.Decode(call.Requests.Message);
        }
        catch (InvalidDataException failure)
        {
            throw new GrpcStatusException(
                StatusCode.Internal,
                $"grpc: failed to unmarshal the received message: {failure.Message}"
            );
        }

        holdsCurrent = true;
        return true;
    }
}
