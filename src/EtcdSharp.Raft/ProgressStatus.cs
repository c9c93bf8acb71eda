namespace EtcdSharp.Raft;

/// <summary>What the leader knows of one member. Indexes are log indexes; in-flight figures are appends not yet answered.</summary>
public sealed record ProgressStatus(
    ulong Id,
    ulong Match,
    ulong Next,
    ProgressState State,
    bool IsLearner,
    bool IsPaused,
    bool IsRecentlyActive,
    ulong PendingSnapshot,
    int InflightMessages,
    ulong InflightBytes,
    bool IsInflightFull
)
{
    public override string ToString() =>
        $"State{State} match={Match} next={Next}"
        + (IsLearner ? " learner" : "")
        + (IsPaused ? " paused" : "")
        + (PendingSnapshot > 0 ? $" pendingSnap={PendingSnapshot}" : "")
        + (IsRecentlyActive ? "" : " inactive")
        + (InflightMessages > 0 ? $" inflight={InflightMessages}{(IsInflightFull ? "[full]" : "")}" : "");
}
