using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Grpc.Server;

/// <summary>What all services of one server share.</summary>
public sealed class GrpcServerOptions
{
    /// <summary>etcd's default --max-request-bytes (1.5 MiB) plus <see cref="RequestOverheadBytes"/>.</summary>
    public const int DefaultMaxReceiveMessageBytes = (1536 * 1024) + RequestOverheadBytes;

    /// <summary>What etcd allows on top of --max-request-bytes for the envelope of a request.</summary>
    public const int RequestOverheadBytes = 512 * 1024;

    /// <summary>
    /// The metadata of one call, counted as HTTP/2 counts it: name, value and 32 bytes for each entry. Ordinary calls have some
    /// hundred bytes, a large token some thousand. A call with more is refused with RESOURCE_EXHAUSTED: its headers stay in
    /// memory, two bytes a letter, for as long as it lasts. grpc-go takes 16 MiB.
    /// </summary>
    public const int MetadataBytesMax = 1024 * 1024;

    /// <summary>The largest request message in bytes, before and after decompression; a larger one is refused with RESOURCE_EXHAUSTED.</summary>
    public int MaxReceiveMessageBytes { get; init; } = DefaultMaxReceiveMessageBytes;

    /// <summary>The largest response message in bytes; etcd sends up to the limit of the frame format's signed length.</summary>
    public int MaxSendMessageBytes { get; init; } = int.MaxValue;

    /// <summary>
    /// What stands in front of the handlers, behind counting, the deadline and the end of streams. Passed in this order when a call
    /// starts, in reverse order when it ends.
    /// </summary>
    public IReadOnlyList<CallStage> Stages { get; init; } = [];

    /// <summary>Where the calls are counted.</summary>
    internal GrpcServerMetrics Metrics { get; init; } = GrpcServerMetrics.Unheard;

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
