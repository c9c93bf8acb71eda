namespace EtcdSharp.Grpc.Server;

/// <summary>
/// Stands in front of the handlers of all services: who asks, what they may, what it costs, what is told of it. One instance serves all
/// calls, whoever brings them.
/// </summary>
public abstract class CallStage
{
    /// <summary>Before the first message is read. Anything but OK refuses the call; the handler then never runs.</summary>
    public virtual GrpcStatus Starting(CallContext call) => GrpcStatus.Ok;

    /// <summary>
    /// The only request has been read, or the stream is open: the last step before the handler, and the only one that may wait. Anything
    /// but OK refuses the call.
    /// </summary>
    public virtual ValueTask<GrpcStatus> AdmitAsync(CallContext call) => default;

    /// <summary>A request message came in. <paramref name="bytes"/> is its size after decompression.</summary>
    public virtual void Received(CallContext call, int bytes) { }

    /// <summary>A response message was written. <paramref name="bytes"/> is its size before compression.</summary>
    public virtual void Sent(CallContext call, int bytes) { }

    /// <summary>The call is over, with this status, whether or not the client is still there to hear it.</summary>
    public virtual void Finished(CallContext call, GrpcStatus status) { }
}
