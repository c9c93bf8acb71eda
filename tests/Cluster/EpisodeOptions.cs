using EtcdSharp.Cluster.Faults;

namespace EtcdSharp.Cluster;

/// <summary>One cluster, put through faults while clients work.</summary>
internal sealed record EpisodeOptions
{
    public required IReadOnlyList<ServerKind> Kinds { get; init; }

    /// <summary>In this order.</summary>
    public required IReadOnlyList<FaultKind> Faults { get; init; }

    public required int Seed { get; init; }

    public int HeartbeatMs { get; init; } = 100;

    public int ElectionMs { get; init; } = 1000;

    public int Clients { get; init; } = 4;

    /// <summary>How long each fault lasts beyond the time until clients are served again.</summary>
    public TimeSpan Lasting { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Goes on after the faults until a lease has ended that was let go, however often a new leader has extended it.</summary>
    public bool UntilALeaseEnds { get; init; }

    public bool IsMixed => Kinds.Contains(ServerKind.Real);
}
