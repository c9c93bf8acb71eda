using System.Diagnostics.Metrics;

namespace EtcdSharp.Server.Lease;

/// <summary>The instruments of this room, under etcd's names.</summary>
internal static class LeaseMetrics
{
    public const string MeterName = "EtcdSharp.Server.Lease";

    private static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> Granted = Meter.CreateCounter<long>(
        "etcd_debugging_lease_granted_total",
        description: "The total number of granted leases."
    );

    public static readonly Counter<long> Revoked = Meter.CreateCounter<long>(
        "etcd_debugging_lease_revoked_total",
        description: "The total number of revoked leases."
    );

    public static readonly Counter<long> Renewed = Meter.CreateCounter<long>(
        "etcd_debugging_lease_renewed_total",
        description: "The number of renewed leases seen by the leader."
    );

    public static readonly Counter<long> Expired = Meter.CreateCounter<long>(
        "etcd_debugging_server_lease_expired_total",
        description: "The total number of expired leases."
    );

    /// <summary>Powers of two from one second to three months.</summary>
    public static readonly Histogram<double> TimeToLive = Meter.CreateHistogram(
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
