namespace EtcdSharp.Replica.Lease;

/// <summary>What the operator or the cluster decides about leases.</summary>
internal sealed record LessorOptions
{
    /// <summary>Shorter grants are lengthened to this; see <see cref="MinimumTtlSecondsFor"/>.</summary>
    public long MinimumTtlSeconds { get; init; } = 1;

    /// <summary>Where the lessor counts.</summary>
    public LeaseMetrics Metrics { get; init; } = LeaseMetrics.Unheard;

    /// <summary>Expired leases handed out for revocation per second.</summary>
    public int RevokesPerSecond { get; init; } = 1000;

    /// <summary>A lease that is still there this long after it was handed out for revocation is handed out again.</summary>
    public TimeSpan ExpiredRetryInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The feature gate LeaseCheckpoint: the leader proposes remaining times to live.</summary>
    public bool CheckpointsEnabled { get; init; }

    /// <summary>The feature gate LeaseCheckpointPersist; always on when the cluster's version is 3.6 or later.</summary>
    public bool CheckpointsPersisted { get; init; }

    /// <summary>How those go on who wait for a lease to end: away from the apply thread, but for a simulation.</summary>
    public TaskCreationOptions HowWaitersResume { get; init; } = TaskCreationOptions.RunContinuationsAsynchronously;

    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A lease must outlive an election, or every leader change would expire the short ones: one and a half
    /// election timeouts, rounded up to seconds.
    /// </summary>
    public static long MinimumTtlSecondsFor(int electionTicks, TimeSpan heartbeat)
    {
        var ticks = (3L * electionTicks / 2) * heartbeat.Ticks;
        return (ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
    }
}
