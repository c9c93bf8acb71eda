using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace EtcdSharp.Grpc.Server;

/// <summary>Where a call comes from and what came with it. <c>default</c> is this process, without metadata and deadline.</summary>
internal readonly record struct CallOrigin
{
    public GrpcMetadata? Metadata { get; init; }

    /// <summary>How long the caller is willing to wait from now on; null for ever.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The other end of the connection; null where there is none.</summary>
    public EndPoint? Peer { get; init; }

    public X509Certificate2? Certificate { get; init; }
}
