using System.Runtime.CompilerServices;

namespace EtcdSharp.Grpc.Client;

/// <summary>
/// A streaming call as the client sees it: one writer and one reader at a time, in any order. Every failure is a
/// <see cref="GrpcStatusException"/>. Disposing it cancels what still runs.
/// </summary>
public abstract class ClientCall<TRequest, TResponse> : IDisposable
{
    private protected ClientCall() { }

    /// <summary>The response last read; valid until the next <see cref="MoveNextAsync"/>.</summary>
    public abstract TResponse Current { get; }

    /// <summary>Sends one request and waits where the server reads too slowly.</summary>
    public abstract ValueTask WriteAsync(TRequest request);

    /// <summary>Tells the server that there are no more requests.</summary>
    public abstract ValueTask CompleteWritesAsync();

    /// <summary>True: there is a next response. False: the call has ended with OK.</summary>
    public abstract ValueTask<bool> MoveNextAsync();

    /// <summary>The headers of the response, once there is one.</summary>
    public abstract ValueTask<GrpcMetadata> HeadersAsync();

    /// <summary>What came with the status; empty before the end of the call.</summary>
    public abstract GrpcMetadata Trailers();

    /// <summary>The responses to the end of the call.</summary>
    public async IAsyncEnumerable<TResponse> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using CancellationTokenRegistration cancelling = cancellationToken.UnsafeRegister(
            static call => ((ClientCall<TRequest, TResponse>)call!).Cancel(),
            this
        );
        while (await MoveNextAsync().ConfigureAwait(false))
        {
            yield return Current;
        }
    }

    /// <summary>The only response of a call with many requests.</summary>
    public async ValueTask<TResponse> ResponseAsync()
    {
        await CompleteWritesAsync().ConfigureAwait(false);
        if (!await MoveNextAsync().ConfigureAwait(false))
        {
            throw new GrpcStatusException(StatusCode.Internal, "the response ended without a message");
        }

        TResponse only = Current;
        return await MoveNextAsync().ConfigureAwait(false)
            ? throw new GrpcStatusException(StatusCode.Internal, "cardinality violation: more than one response")
            : only;
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    private protected abstract void Cancel();

    protected abstract void Dispose(bool disposing);
}
