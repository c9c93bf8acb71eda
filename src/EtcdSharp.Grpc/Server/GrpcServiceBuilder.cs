namespace EtcdSharp.Grpc.Server;

/// <summary>Gathers the methods that a <see cref="GrpcDispatcher"/> serves.</summary>
public sealed class GrpcServiceBuilder
{
    private readonly Dictionary<string, ServerMethod> methods = new(StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, ServerMethod> Methods => methods;

    /// <param name="method">What is served.</param>
    /// <param name="handler">Who serves it.</param>
    /// <param name="endsWithStreams">
    /// The calls wait for something that may never happen: <see cref="GrpcDispatcher.EndStreams"/> ends them too.
    /// </param>
    public GrpcServiceBuilder Unary<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        UnaryHandler<TRequest, TResponse> handler,
        bool endsWithStreams = false
    ) =>
        Add(
            method,
            GrpcMethodKind.Unary,
            new UnaryServerMethod<TRequest, TResponse>(method, handler) { EndsWithStreams = endsWithStreams }
        );

    public GrpcServiceBuilder ClientStreaming<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        ClientStreamingHandler<TRequest, TResponse> handler
    ) => Add(method, GrpcMethodKind.ClientStreaming, new ClientStreamingServerMethod<TRequest, TResponse>(method, handler));

    public GrpcServiceBuilder ServerStreaming<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        ServerStreamingHandler<TRequest, TResponse> handler
    ) => Add(method, GrpcMethodKind.ServerStreaming, new ServerStreamingServerMethod<TRequest, TResponse>(method, handler));

    public GrpcServiceBuilder Bidirectional<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        BidirectionalHandler<TRequest, TResponse> handler
    ) => Add(method, GrpcMethodKind.Bidirectional, new BidirectionalServerMethod<TRequest, TResponse>(method, handler));

    public GrpcDispatcher Build(GrpcServerOptions options) => new(methods, options);

    private GrpcServiceBuilder Add<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        GrpcMethodKind kind,
        ServerMethod served
    )
    {
        if (method.Kind != kind)
        {
            throw new ArgumentException($"{method.Path} is {method.Kind} and cannot be served as {kind}", nameof(method));
        }

        if (!methods.TryAdd(method.Path, served))
        {
            throw new ArgumentException($"{method.Path} is registered twice", nameof(method));
        }

        return this;
    }
}
