namespace EtcdSharp.Server.Apply;

internal sealed record StateMachineOptions
{
    /// <summary>Leases live this long beyond their time after a change of leader.</summary>
    public required TimeSpan ElectionTimeout { get; init; }

    public int MaxLearners { get; init; } = 1;

    /// <summary>An entry that takes longer is worth a warning (--warning-apply-duration).</summary>
    public long SlowApplyNanoseconds { get; init; } = 100_000_000;

    public ReplicaMetrics Metrics { get; init; } = ReplicaMetrics.Unheard;
}
