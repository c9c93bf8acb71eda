using Google.Protobuf;

namespace EtcdSharp.Grpc.Server;

/// <summary>Gathers the methods of a <see cref="CallTable"/>.</summary>
public sealed class GrpcServiceBuilder
{
    private readonly Dictionary<string, ServerMethod> methods = new(StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, ServerMethod> Methods => methods;

    /// <param name="method">What is served.</param>
    /// <param name="handler">Who serves it.</param>
    /// <param name="rule">Who may call it.</param>
    /// <param name="endsWithStreams">
    /// The calls wait for something that may never happen: <see cref="CallTable.EndStreams"/> ends them too.
    /// </param>
    public GrpcServiceBuilder Unary<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        UnaryHandler<TRequest, TResponse> handler,
        CallRule rule = CallRule.Admins,
        bool endsWithStreams = false
    ) =>
        Add(
            method,
            GrpcMethodKind.Unary,
            new UnaryServerMethod<TRequest, TResponse>(method, handler) { Rule = rule, EndsWithStreams = endsWithStreams }
        );

    /// <summary>As above for generated messages, by the names of the .proto: all that a new service has to say of its method.</summary>
    public GrpcServiceBuilder Unary<TRequest, TResponse>(
        string service,
        string name,
        UnaryHandler<TRequest, TResponse> handler,
        CallRule rule = CallRule.Admins,
        bool endsWithStreams = false
    )
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        Unary(GrpcMethod.Protobuf<TRequest, TResponse>(GrpcMethodKind.Unary, service, name), handler, rule, endsWithStreams);

    public GrpcServiceBuilder ClientStreaming<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        ClientStreamingHandler<TRequest, TResponse> handler,
        CallRule rule = CallRule.Admins
    ) =>
        Add(
            method,
            GrpcMethodKind.ClientStreaming,
            new ClientStreamingServerMethod<TRequest, TResponse>(method, handler) { Rule = rule }
        );

    public GrpcServiceBuilder ServerStreaming<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        ServerStreamingHandler<TRequest, TResponse> handler,
        CallRule rule = CallRule.Admins
    ) =>
        Add(
            method,
            GrpcMethodKind.ServerStreaming,
            new ServerStreamingServerMethod<TRequest, TResponse>(method, handler) { Rule = rule }
        );

    public GrpcServiceBuilder Bidirectional<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        BidirectionalHandler<TRequest, TResponse> handler,
        CallRule rule = CallRule.Admins
    ) =>
        Add(
            method,
            GrpcMethodKind.Bidirectional,
            new BidirectionalServerMethod<TRequest, TResponse>(method, handler) { Rule = rule }
        );

    public GrpcDispatcher Build(GrpcServerOptions options) => new(BuildTable(options));

    public CallTable BuildTable(GrpcServerOptions options) => new(methods, options);

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
