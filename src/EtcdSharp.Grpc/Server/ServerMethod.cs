using EtcdSharp.Grpc.Wire;

namespace EtcdSharp.Grpc.Server;

/// <summary>One method as the dispatcher runs it.</summary>
internal abstract class ServerMethod(GrpcMethodKind kind, string service, string name)
{
    public GrpcMethodKind Kind { get; } = kind;

    public string Service { get; } = service;

    public string Name { get; } = name;

    /// <summary>Whether its calls may last as long as the client likes, so that a stopping server ends them.</summary>
    public bool EndsWithStreams { get; init; } = kind != GrpcMethodKind.Unary;

    /// <summary>Those of the dispatcher that serves the method, which sets them.</summary>
    public GrpcMethodCounters Counters { get; set; } = null!;

    /// <summary>Runs a bound call to its end. What goes wrong on the way is its status, never an exception.</summary>
    public abstract Task RunAsync(GrpcServerCall call);

    /// <summary>What the only request of a call must have: the texts are grpc-go's.</summary>
    protected static GrpcStatus MissingRequest(GrpcServerCall call, FrameRead read)
    {
        if (read == FrameRead.End)
        {
            return new(StatusCode.Internal, "cardinality violation: received no request message from non-client-streaming RPC");
        }

        return call.Frames.Failure.Code == StatusCode.Cancelled ? call.CancelledStatus() : call.Frames.Failure;
    }

    protected static GrpcStatus Undecodable(Exception failure) =>
        new(StatusCode.Internal, $"grpc: error unmarshalling request: {failure.Message}");
}
