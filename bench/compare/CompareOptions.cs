using EtcdSharp.Harness;

namespace EtcdSharp.Compare;

/// <summary>What to compare and for how long.</summary>
internal sealed record CompareOptions
{
    public required int Rounds { get; init; }

    public required TimeSpan Warmup { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Members of a cluster that the loads run against; 1 for a server alone.</summary>
    public required int Members { get; init; }

    /// <summary>How often a leader is killed.</summary>
    public required int LeaderChanges { get; init; }

    /// <summary>How many keys the large store holds.</summary>
    public required long LargeKeys { get; init; }

    /// <summary>Below this folder each server gets a data directory of its own: the same disk for all.</summary>
    public required string ScratchFolder { get; init; }

    public required string OutputFolder { get; init; }

    public required IReadOnlyList<ServerKind> Kinds { get; init; }

    public required IReadOnlyList<string> Scenarios { get; init; }
}
