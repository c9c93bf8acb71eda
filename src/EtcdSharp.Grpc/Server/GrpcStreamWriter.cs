using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace EtcdSharp.Grpc.Server;

/// <summary>The responses of a streaming call; one writer at a time.</summary>
public sealed class GrpcStreamWriter<T>
{
    private readonly GrpcServerCall call;
    private readonly Marshaller<T> marshaller;

    internal GrpcStreamWriter(GrpcServerCall call, Marshaller<T> marshaller)
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
    /// Sends what was written and waits where the client reads too slowly: the stream's window and the response buffer are the bound.
    /// False where nobody is listening any more (reset, deadline, connection gone).
    /// </summary>
    public ValueTask<bool> FlushAsync()
    {
        call.Wrote();
        ValueTask<FlushResult> pending = call.Output.FlushAsync();
        return pending.IsCompletedSuccessfully ? new(Listening(pending.Result)) : FlushSlowlyAsync(pending);
    }

    /// <summary><see cref="Write"/> and <see cref="FlushAsync"/> in one.</summary>
    public ValueTask<bool> WriteAsync(T message)
    {
        Write(message);
        return FlushAsync();
    }

    private static bool Listening(FlushResult flushed) => !flushed.IsCompleted && !flushed.IsCanceled;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> FlushSlowlyAsync(ValueTask<FlushResult> pending)
    {
        try
        {
            return Listening(await pending.ConfigureAwait(false));
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
