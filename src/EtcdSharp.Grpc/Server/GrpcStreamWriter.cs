namespace EtcdSharp.Grpc.Server;

/// <summary>The responses of a streaming call; one writer at a time.</summary>
public sealed class GrpcStreamWriter<T>
{
    private readonly CallContext call;
    private readonly Marshaller<T> marshaller;

    internal GrpcStreamWriter(CallContext call, Marshaller<T> marshaller)
    {
        this.call = call;
        this.marshaller = marshaller;
    }

    /// <summary>Encodes a message without sending it: several go out together with one <see cref="FlushAsync"/>.</summary>
    /// <exception cref="GrpcStatusException">The message is larger than the server may send.</exception>
    public void Write(T message)
    {
        GrpcStatus written = call.Write(marshaller, message);
        marshaller.Release(message);
        if (!written.IsOk)
        {
            throw new GrpcStatusException(written);
        }
    }

    /// <summary>
    /// Sends what was written and waits where the client reads too slowly. False where nobody is listening any more (reset, deadline,
    /// connection gone).
    /// </summary>
    public ValueTask<bool> FlushAsync() => call.Answers.FlushAsync();

    /// <summary><see cref="Write"/> and <see cref="FlushAsync"/> in one.</summary>
    public ValueTask<bool> WriteAsync(T message)
    {
        Write(message);
        return FlushAsync();
    }
}
