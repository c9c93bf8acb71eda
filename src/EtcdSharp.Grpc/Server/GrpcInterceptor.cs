namespace EtcdSharp.Grpc.Server;

/// <summary>
/// Sees every call of a dispatcher from outside: admission, authentication, metrics, logging. All hooks are synchronous and run on the
/// thread of the call; one instance serves all calls.
/// </summary>
public abstract class GrpcInterceptor
{
    /// <summary>Before the first message is read. Anything but OK refuses the call; the handler then never runs.</summary>
    public virtual GrpcStatus Starting(GrpcServerCall call) => GrpcStatus.Ok;

    /// <summary>A request message came in. <paramref name="bytes"/> is its size after decompression.</summary>
    public virtual void Received(GrpcServerCall call, int bytes) { }

    /// <summary>A response message was written. <paramref name="bytes"/> is its size before compression.</summary>
    public virtual void Sent(GrpcServerCall call, int bytes) { }

    /// <summary>The call is over, with this status, whether or not the client is still there to hear it.</summary>
    public virtual void Finished(GrpcServerCall call, GrpcStatus status) { }
}
