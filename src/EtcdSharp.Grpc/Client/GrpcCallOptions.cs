using System.Runtime.InteropServices;

namespace EtcdSharp.Grpc.Client;

/// <summary>What a caller may say about one call. <c>default</c> is no deadline, no metadata, no compression.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct GrpcCallOptions
{
    /// <summary>How long the call may take from now on, on the wire as grpc-timeout; null means for ever.</summary>
    public TimeSpan? Timeout { get; init; }

    public GrpcMetadata? Headers { get; init; }

    /// <summary>Sends the request messages compressed with gzip.</summary>
    public bool Gzip { get; init; }
}
