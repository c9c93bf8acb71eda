namespace EtcdSharp.Server.Discovery;

/// <summary>Where members of a new cluster find each other, and under which token.</summary>
internal sealed record DiscoveryService(IReadOnlyList<string> Endpoints, string Token, TimeSpan RequestTimeout);
