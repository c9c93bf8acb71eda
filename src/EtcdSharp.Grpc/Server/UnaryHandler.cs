namespace EtcdSharp.Grpc.Server;

/// <summary>Answers one request. May complete synchronously; runs on the thread pool and must not block.</summary>
public delegate ValueTask<GrpcResult<TResponse>> UnaryHandler<TRequest, TResponse>(TRequest request, CallContext call);
