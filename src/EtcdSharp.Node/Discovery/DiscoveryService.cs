namespace EtcdSharp.Node.Discovery;

/// <summary>Where members of a new cluster find each other, and under which token.</summary>
/// <param name="DialTimeout">For the connection.</param>
/// <param name="RequestTimeout">For one question and its answer, the connection included.</param>
internal sealed record DiscoveryService(
    IReadOnlyList<string> Endpoints,
    string Token,
    TimeSpan DialTimeout,
    TimeSpan RequestTimeout
);
