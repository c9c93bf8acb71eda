namespace EtcdSharp.Grpc.Client;

/// <summary>
/// Calls one server, over a connection or within the process. Safe for use by many threads. Every failure is a
/// <see cref="GrpcStatusException"/>.
/// </summary>
public abstract class CallChannel : IDisposable
{
    private protected CallChannel() { }

    public ValueTask<TResponse> UnaryAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request) =>
        UnaryAsync(method, request, default, default);

    public abstract ValueTask<TResponse> UnaryAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        TRequest request,
        GrpcCallOptions callOptions,
        CancellationToken cancellationToken
    );

    /// <summary>Opens a call with many requests, many responses, or both. Dispose it: that cancels what still runs.</summary>
    public ClientCall<TRequest, TResponse> Open<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method) =>
        Open(method, default, default);

    public abstract ClientCall<TRequest, TResponse> Open<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        GrpcCallOptions callOptions,
        CancellationToken cancellationToken
    );

    /// <summary>Opens a call with one request and many responses.</summary>
    public async ValueTask<ClientCall<TRequest, TResponse>> OpenAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        TRequest request,
        GrpcCallOptions callOptions,
        CancellationToken cancellationToken
    )
    {
        ClientCall<TRequest, TResponse> call = Open(method, callOptions, cancellationToken);
        try
        {
            await call.WriteAsync(request).ConfigureAwait(false);
            await call.CompleteWritesAsync().ConfigureAwait(false);
            return call;
        }
        catch (GrpcStatusException)
        {
            call.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
