namespace EtcdSharp.Grpc.Server;

/// <summary>
/// A connection feature that the keepalive enforcement of the listener offers: it has to know when the client has a reason to be
/// sending pings. Called from any thread.
/// </summary>
public interface IGrpcConnection
{
    void CallStarted();

    void CallEnded();

    /// <summary>The server has sent headers or data.</summary>
    void Wrote();
}
