namespace EtcdSharp.Node.Discovery;

/// <summary>Where members of a new cluster find each other, and under which token.</summary>
/// <param name="DialTimeout">For the connection.</param>
/// <param name="RequestTimeout">For one question and its answer, the connection included.</param>
internal sealed record DiscoveryService(
    IReadOnlyList<string> Endpoints,
    string Token,
    TimeSpan DialTimeout,
    TimeSpan RequestTimeout
)
{
    /// <summary>An endpoint as a URL; what has no scheme speaks plain HTTP.</summary>
    public static string UrlOf(string endpoint) =>
        endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : "http://" + endpoint;

    /// <summary>Whether a connection can be tried.</summary>
    public static bool IsEndpoint(string endpoint) =>
        UrlOf(endpoint).StartsWith("unix://", StringComparison.Ordinal)
        || (
            Uri.TryCreate(UrlOf(endpoint), UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url.Host.Length > 0
        );
}
