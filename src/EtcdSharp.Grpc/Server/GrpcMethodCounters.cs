namespace EtcdSharp.Grpc.Server;

/// <summary>The numbers of one method. Written by every call, read by the metrics.</summary>
internal sealed class GrpcMethodCounters(GrpcServerMetrics metrics, string service, string method, GrpcMethodKind kind)
{
    private readonly long[] handled = new long[(int)StatusCode.Unauthenticated + 1];
    private KeyValuePair<string, object?>[]? tags;
    private long started;
    private long messagesReceived;
    private long messagesSent;

    public string Service { get; } = service;

    public string Method { get; } = method;

    /// <summary>The kind as the metrics name it.</summary>
    public string Kind { get; } =
        kind switch
        {
            GrpcMethodKind.Unary => "unary",
            GrpcMethodKind.ClientStreaming => "client_stream",
            GrpcMethodKind.ServerStreaming => "server_stream",
            _ => "bidi_stream",
        };

    /// <summary>The labels of the method's series.</summary>
    public KeyValuePair<string, object?>[] Tags =>
        tags ??= [new("grpc_method", Method), new("grpc_service", Service), new("grpc_type", Kind)];

    public long StartedCount => Volatile.Read(ref started);

    public long MessagesReceived => Volatile.Read(ref messagesReceived);

    public long MessagesSent => Volatile.Read(ref messagesSent);

    public long HandledCount(StatusCode code) => Volatile.Read(ref handled[(int)code]);

    public void Started() => Interlocked.Increment(ref started);

    public void Handled(StatusCode code) => Interlocked.Increment(ref handled[(int)code]);

    public void Took(TimeSpan duration) => metrics.HandlingSeconds.Record(duration.TotalSeconds, Tags);

    public void MessageReceived(int bytes)
    {
        Interlocked.Increment(ref messagesReceived);
        metrics.AddReceivedBytes(bytes);
    }

    public void MessageSent(int bytes)
    {
        Interlocked.Increment(ref messagesSent);
        metrics.AddSentBytes(bytes);
    }
}
