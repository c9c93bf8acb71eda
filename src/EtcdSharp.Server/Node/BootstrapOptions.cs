namespace EtcdSharp.Server.Node;

/// <summary>Who the member is in a cluster that does not exist yet. An existing log knows better and is not asked to agree.</summary>
internal sealed record BootstrapOptions
{
    public required string Name { get; init; }

    /// <summary>The first members: name and peer URLs of each.</summary>
    public required IReadOnlyList<(string Name, IReadOnlyList<string> PeerUrls)> InitialCluster { get; init; }

    public required string ClusterToken { get; init; }

    public bool NewCluster { get; init; } = true;
}
