using EtcdSharp.Grpc.Server;
using EtcdSharp.Platform;

namespace EtcdSharp.Edge.Grpc;

/// <summary>What the member decides about watch streams.</summary>
internal sealed record WatchServiceOptions
{
    public static readonly TimeSpan DefaultProgressInterval = TimeSpan.FromMinutes(10);

    /// <summary>Shorter intervals are lengthened to this.</summary>
    public static readonly TimeSpan ProgressIntervalMin = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a watch that asked for progress may hear nothing; up to a tenth longer, so that streams opened together do not report together.</summary>
    public TimeSpan ProgressInterval { get; init; } = DefaultProgressInterval;

    /// <summary>The size at which responses are split for watches that allow it: --max-request-bytes and etcd's overhead.</summary>
    public int FragmentBytesMax { get; init; } = GrpcServerOptions.DefaultMaxReceiveMessageBytes;

    public required IRandomness Randomness { get; init; }

    public required TimeProvider Time { get; init; }

    public required WatchSendMetrics Metrics { get; init; }
}
