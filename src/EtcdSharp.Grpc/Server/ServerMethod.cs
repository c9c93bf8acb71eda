namespace EtcdSharp.Grpc.Server;

/// <summary>One method as the table runs it: bytes in, bytes out, of whatever types its handler takes and answers.</summary>
internal abstract class ServerMethod(GrpcMethodKind kind, string service, string name)
{
    public GrpcMethodKind Kind { get; } = kind;

    public string Service { get; } = service;

    public string Name { get; } = name;

    public string Path { get; } = $"/{service}/{name}";

    /// <summary>Who may call it.</summary>
    public CallRule Rule { get; init; }

    /// <summary>Whether its calls may last as long as the client likes, so that a stopping server ends them.</summary>
    public bool EndsWithStreams { get; init; } = kind != GrpcMethodKind.Unary;

    /// <summary>Those of the table that has the method, which sets them.</summary>
    public GrpcMethodCounters Counters { get; set; } = null!;

    /// <summary>Runs a call that has entered it to its end. What goes wrong on the way is its status, never an exception.</summary>
    public abstract Task RunAsync(CallContext call);

    /// <summary>What the only request of a call must have: the texts are grpc-go's.</summary>
    protected static GrpcStatus MissingRequest(CallContext call, MessageRead read)
    {
        if (read == MessageRead.End)
        {
            return new(StatusCode.Internal, "cardinality violation: received no request message from non-client-streaming RPC");
        }

        return call.Requests.Failure.Code == StatusCode.Cancelled ? call.CancelledStatus() : call.Requests.Failure;
    }

    protected static GrpcStatus Undecodable(Exception failure) =>
        new(StatusCode.Internal, $"grpc: error unmarshalling request: {failure.Message}");
}
