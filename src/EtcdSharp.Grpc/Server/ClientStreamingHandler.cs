namespace EtcdSharp.Grpc.Server;

/// <summary>Reads requests until it knows its answer.</summary>
public delegate ValueTask<GrpcResult<TResponse>> ClientStreamingHandler<TRequest, TResponse>(
    GrpcStreamReader<TRequest> requests,
    CallContext call
);
