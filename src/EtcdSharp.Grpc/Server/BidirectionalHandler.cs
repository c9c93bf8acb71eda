namespace EtcdSharp.Grpc.Server;

/// <summary>Reads and writes as it pleases, one reader and one writer at a time; the stream ends with the returned status.</summary>
public delegate ValueTask<GrpcStatus> BidirectionalHandler<TRequest, TResponse>(
    GrpcStreamReader<TRequest> requests,
    GrpcStreamWriter<TResponse> responses,
    CallContext call
);
