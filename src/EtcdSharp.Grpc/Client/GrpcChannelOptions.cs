using System.Net.Security;

namespace EtcdSharp.Grpc.Client;

public sealed class GrpcChannelOptions
{
    /// <summary>Opens another connection where the server's limit of streams on the first is reached.</summary>
    public bool MultipleConnections { get; init; }

    /// <summary>The largest response message in bytes.</summary>
    public int MaxReceiveMessageBytes { get; init; } = int.MaxValue;

    /// <summary>The receive window of one stream, in bytes. SocketsHttpHandler grows it by itself where the path is long.</summary>
    public int InitialStreamWindowBytes { get; init; } = 1024 * 1024;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an idle connection is probed; infinite means never. etcd refuses clients that probe more often than every 5 s.</summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The TLS side of https:// addresses.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>Sent with every call, before the headers of the call itself.</summary>
    public GrpcMetadata? Headers { get; init; }
}
