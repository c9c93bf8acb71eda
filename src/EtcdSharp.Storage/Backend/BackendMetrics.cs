using System.Diagnostics.Metrics;

namespace EtcdSharp.Storage.Backend;

/// <summary>The instruments of the backend, named as etcd's.</summary>
/// <param name="meter">The member's, so that two members in a process count apart.</param>
internal sealed class BackendMetrics(Meter meter)
{
    /// <summary>Where nobody collects metrics: tools and tests.</summary>
    public static BackendMetrics Unheard { get; } = new(new Meter("Unheard"));

    public readonly Histogram<double> CommitSeconds = meter.CreateHistogram(
        "etcd_disk_backend_commit_duration_seconds",
        "s",
        "The latency distributions of commit called by backend.",
        advice: Doubling(0.001, 14)
    );

    public readonly Histogram<double> CommitRebalanceSeconds = meter.CreateHistogram(
        "etcd_debugging_disk_backend_commit_rebalance_duration_seconds",
        "s",
        "The latency distributions of commit.rebalance called by bboltdb backend.",
        advice: Doubling(0.001, 14)
    );

    public readonly Histogram<double> CommitSpillSeconds = meter.CreateHistogram(
        "etcd_debugging_disk_backend_commit_spill_duration_seconds",
        "s",
        "The latency distributions of commit.spill called by bboltdb backend.",
        advice: Doubling(0.001, 14)
    );

    public readonly Histogram<double> CommitWriteSeconds = meter.CreateHistogram(
        "etcd_debugging_disk_backend_commit_write_duration_seconds",
        "s",
        "The latency distributions of commit.write called by bboltdb backend.",
        advice: Doubling(0.001, 14)
    );

    public readonly Histogram<double> DefragmentSeconds = meter.CreateHistogram(
        "etcd_disk_backend_defrag_duration_seconds",
        "s",
        "The latency distribution of backend defragmentation.",
        advice: Doubling(0.1, 13)
    );

    public readonly Histogram<double> SnapshotSeconds = meter.CreateHistogram(
        "etcd_disk_backend_snapshot_duration_seconds",
        "s",
        "The latency distribution of backend snapshots.",
        advice: Doubling(0.01, 17)
    );

    public readonly Gauge<long> SizeBytes = meter.CreateGauge<long>(
        "etcd_mvcc_db_total_size_in_bytes",
        "By",
        "Total size of the underlying database physically allocated in bytes."
    );

    public readonly Gauge<long> InUseBytes = meter.CreateGauge<long>(
        "etcd_mvcc_db_total_size_in_use_in_bytes",
        "By",
        "Total size of the underlying database logically in use in bytes."
    );

    public readonly Gauge<long> OpenReads = meter.CreateGauge<long>(
        "etcd_mvcc_db_open_read_transactions",
        "{transaction}",
        "The number of currently open read transactions"
    );

    private static InstrumentAdvice<double> Doubling(double first, int count) =>
        new() { HistogramBucketBoundaries = [.. Enumerable.Range(0, count).Select(i => first * Math.Pow(2, i))] };
}
