using System.Globalization;

namespace EtcdSharp.Cluster;

/// <summary>What an episode saw, so that one that saw nothing cannot pass.</summary>
internal sealed record EpisodeResult
{
    public required int Rounds { get; init; }

    public required int Calls { get; init; }

    public required int AnsweredWrites { get; init; }

    public required int AnsweredReads { get; init; }

    public required long Revisions { get; init; }

    public required int WatchEvents { get; init; }

    public required int WatchProgress { get; init; }

    public required int Renewals { get; init; }

    public required int LeasesJudged { get; init; }

    /// <summary>How long it took until a write was acknowledged after each fault that a majority survived.</summary>
    public required IReadOnlyList<Recovery> Recoveries { get; init; }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Rounds} rounds, {Calls} calls, {AnsweredWrites} writes and {AnsweredReads} reads answered, {Revisions} revisions, {WatchEvents} watch events, {WatchProgress} progress, {Renewals} renewals, {LeasesJudged} promises judged; served again after: "
        ) + string.Join(", ", Recoveries);
}
