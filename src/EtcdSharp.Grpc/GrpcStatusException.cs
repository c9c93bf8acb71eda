namespace EtcdSharp.Grpc;

/// <summary>
/// A call that did not end with OK. A server handler may throw it (hot paths return a <see cref="GrpcStatus"/> instead, which costs
/// nothing); the client caller throws it for every call that the server or the connection refused.
/// </summary>
public sealed class GrpcStatusException : Exception
{
    public GrpcStatusException(StatusCode code, string message)
        : this(new GrpcStatus(code, message)) { }

    public GrpcStatusException(GrpcStatus status)
        : this(status, null, null) { }

    internal GrpcStatusException(GrpcStatus status, GrpcMetadata? trailers, Exception? inner)
        : base(status.ToString(), inner)
    {
        Status = status;
        Trailers = trailers ?? GrpcMetadata.Empty;
    }

    public GrpcStatus Status { get; }

    public StatusCode Code => Status.Code;

    /// <summary>No server has seen the request.</summary>
    internal bool NotSent { get; init; }

    /// <summary>What the server sent with the status; empty where the call ended before any trailers came.</summary>
    public GrpcMetadata Trailers { get; }
}
