using EtcdSharp.Simulation.Faults;

namespace EtcdSharp.Simulation.Running;

/// <summary>How a run ended and what it saw, so that a run that saw nothing cannot count as a pass.</summary>
internal sealed record RunResult
{
    public required ulong Seed { get; init; }

    /// <summary>Null when nothing was broken.</summary>
    public string? Guarantee { get; init; }

    public string Detail { get; init; } = "";

    public required long SimulatedNanoseconds { get; init; }

    public required long Events { get; init; }

    public required ulong CommittedEntries { get; init; }

    public required int Elections { get; init; }

    public required int AnsweredWrites { get; init; }

    public required int AnsweredReads { get; init; }

    public required int WatchEvents { get; init; }

    public required int WatchProgress { get; init; }

    public required int WatchCompactions { get; init; }

    public required int ExpiredLeases { get; init; }

    public required int InstalledSnapshots { get; init; }

    public required int HashesCompared { get; init; }

    /// <summary>A number over everything that happened: equal for equal runs.</summary>
    public required ulong Fingerprint { get; init; }

    public IReadOnlyList<Fault> Faults { get; init; } = [];

    public IReadOnlyList<string> Journal { get; init; } = [];

    public override string ToString() =>
        (Guarantee is null ? $"seed {Seed}: no violation" : $"seed {Seed}: VIOLATED {Guarantee}: {Detail}")
        + $" | {SimulatedNanoseconds / 1e9:F1}s, {Events} events, {CommittedEntries} entries, {Elections} elections, "
        + $"{AnsweredWrites} writes, {AnsweredReads} reads, {WatchEvents} watch events, {WatchProgress} progress, {WatchCompactions} watch compactions, "
        + $"{ExpiredLeases} leases expired, {InstalledSnapshots} snapshots installed, {HashesCompared} hashes compared";
}
