namespace EtcdSharp.Hostile;

/// <summary>What an attack may cost everybody else.</summary>
internal sealed record AttackLimits
{
    /// <summary>By how much the 99th percentile of the steady client's puts may grow.</summary>
    public double LatencyFactorMax { get; init; } = 2;

    /// <summary>
    /// Below it no latency is held against the member: with two processors that the attackers and the member share, a
    /// percentile of some milliseconds doubles for the attackers' own work.
    /// </summary>
    public TimeSpan LatencyFloor { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>By how much the resident memory may be above its quiet value once the attack is over.</summary>
    public long ResidentGrowthMax { get; init; } = 100L * 1024 * 1024;
}
