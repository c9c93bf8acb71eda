namespace EtcdSharp.Node.Bootstrap;

/// <summary>Who the member is in a cluster that does not exist yet. An existing log knows better and is not asked to agree.</summary>
internal sealed record BootstrapOptions
{
    public required string Name { get; init; }

    /// <summary>The first members: name and peer URLs of each.</summary>
    public required IReadOnlyList<(string Name, IReadOnlyList<string> PeerUrls)> InitialCluster { get; init; }

    /// <summary>The peer URLs that the member tells others; a first start asks that <see cref="InitialCluster"/> agrees. Null to ask nothing.</summary>
    public IReadOnlyList<string>? AdvertisePeerUrls { get; init; }

    public required string ClusterToken { get; init; }

    public bool NewCluster { get; init; } = true;

    /// <summary>Goes on from an existing log as the only member; without a log it changes nothing.</summary>
    public bool ForceNewCluster { get; init; }

    /// <summary>Asked for the first members where there is no log, in place of <see cref="InitialCluster"/>; null to take those.</summary>
    public Func<IReadOnlyList<(string Name, string PeerUrl)>>? LookUp { get; init; }

    /// <summary>
    /// As above for what must know this member's id, which then comes of its own name and URLs alone.
    /// </summary>
    public Func<ulong, IReadOnlyList<(string Name, string PeerUrl)>>? Discover { get; init; }

    /// <summary>URLs of one name belong together.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<string> PeerUrls)> Group(
        IEnumerable<(string Name, string PeerUrl)> members
    ) =>
        [
            .. members
                .GroupBy(pair => pair.Name, pair => pair.PeerUrl, StringComparer.Ordinal)
                .Select(group => (group.Key, (IReadOnlyList<string>)[.. group])),
        ];
}
