using System.Diagnostics.Metrics;

namespace EtcdSharp.Server.Apply;

/// <summary>The instruments of applying, under etcd's names.</summary>
/// <param name="meter">The member's, so that two members in a process count apart.</param>
internal sealed class ReplicaMetrics(Meter meter)
{
    /// <summary>Where nobody collects metrics: tests and the simulation.</summary>
    public static ReplicaMetrics Unheard { get; } = new(new Meter("Unheard"));

    public Counter<long> SlowApplies { get; } = meter.CreateCounter<long>("etcd_server_slow_apply_total");

    public Histogram<double> ApplySeconds { get; } = meter.CreateHistogram<double>("etcd_server_apply_duration_seconds");
}
