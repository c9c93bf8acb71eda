namespace EtcdSharp.Grpc.Server;

/// <summary>Answers one request with any number of messages; the stream ends with the returned status.</summary>
public delegate ValueTask<GrpcStatus> ServerStreamingHandler<TRequest, TResponse>(
    TRequest request,
    GrpcStreamWriter<TResponse> responses,
    CallContext call
);
