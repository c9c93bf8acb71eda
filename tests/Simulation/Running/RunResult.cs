using EtcdSharp.Simulation.Faults;

namespace EtcdSharp.Simulation.Running;

/// <summary>How a run ended and what it saw, so that a run that saw nothing cannot count as a pass.</summary>
internal sealed record RunResult
{
    public required RunOptions Options { get; init; }

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

    public required long Messages { get; init; }

    /// <summary>Messages that went through the program's encoding.</summary>
    public required long MessagesEncoded { get; init; }

    public required int LeaseCheckpoints { get; init; }

    public required int AlarmsRaised { get; init; }

    public required int LearnersAdded { get; init; }

    public required int LearnersPromoted { get; init; }

    public required int MembersRemoved { get; init; }

    public int FaultsHappened { get; init; }

    /// <summary>A number over everything that happened: equal for equal runs.</summary>
    public required ulong Fingerprint { get; init; }

    public IReadOnlyList<Fault> Faults { get; init; } = [];

    public IReadOnlyList<string> Journal { get; init; } = [];

    public override string ToString() =>
        (Guarantee is null ? $"seed {Options.Seed}: no violation" : $"seed {Options.Seed}: VIOLATED {Guarantee}: {Detail}")
        + $" | {SimulatedNanoseconds / 1e9:F1}s, {Events} events, {CommittedEntries} entries, {Elections} elections, "
        + $"{AnsweredWrites} writes, {AnsweredReads} reads, {WatchEvents} watch events, {WatchProgress} progress, {WatchCompactions} watch compactions, "
        + $"{ExpiredLeases} leases expired, {InstalledSnapshots} snapshots installed, {HashesCompared} hashes compared, {FaultsHappened} faults, "
        + $"{Messages} messages ({MessagesEncoded} encoded), {LearnersAdded} learners added, {LearnersPromoted} promoted, {MembersRemoved} members removed, "
        + $"{LeaseCheckpoints} lease checkpoints, {AlarmsRaised} alarms";
}
