using System.Diagnostics.Metrics;

namespace EtcdSharp.Replica.Lease;

/// <summary>The instruments of this room, under etcd's names.</summary>
/// <param name="meter">The member's, so that two members in a process count apart.</param>
internal sealed class LeaseMetrics(Meter meter)
{
    /// <summary>Where nobody collects metrics: tools and tests.</summary>
    public static LeaseMetrics Unheard { get; } = new(new Meter("Unheard"));

    public readonly Counter<long> Granted = meter.CreateCounter<long>(
        "etcd_debugging_lease_granted_total",
        description: "The total number of granted leases."
    );

    public readonly Counter<long> Revoked = meter.CreateCounter<long>(
        "etcd_debugging_lease_revoked_total",
        description: "The total number of revoked leases."
    );

    public readonly Counter<long> Renewed = meter.CreateCounter<long>(
        "etcd_debugging_lease_renewed_total",
        description: "The number of renewed leases seen by the leader."
    );

    public readonly Counter<long> Expired = meter.CreateCounter<long>(
        "etcd_debugging_server_lease_expired_total",
        description: "The total number of expired leases."
    );

    /// <summary>Powers of two from one second to three months.</summary>
    public readonly Histogram<double> TimeToLive = meter.CreateHistogram(
        "etcd_debugging_lease_ttl_total",
        unit: null,
        description: "Bucketed histogram of lease TTLs.",
        tags: null,
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [.. Enumerable.Range(0, 24).Select(power => Math.Pow(2, power))],
        }
    );
}
