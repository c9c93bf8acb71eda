using System.Diagnostics.Metrics;

namespace EtcdSharp.Storage.Backend;

/// <summary>The instruments of the backend, named as etcd's.</summary>
internal static class BackendMetrics
{
    private static readonly Meter Meter = new("EtcdSharp.Storage.Backend");

    public static readonly Histogram<double> CommitSeconds = Meter.CreateHistogram(
        "etcd_disk_backend_commit_duration_seconds",
        "s",
        "The latency distributions of commit called by backend.",
        advice: Doubling(0.001, 14)
    );

    public static readonly Histogram<double> DefragmentSeconds = Meter.CreateHistogram(
        "etcd_disk_backend_defrag_duration_seconds",
        "s",
        "The latency distribution of backend defragmentation.",
        advice: Doubling(0.1, 13)
    );

    public static readonly Histogram<double> SnapshotSeconds = Meter.CreateHistogram(
        "etcd_disk_backend_snapshot_duration_seconds",
        "s",
        "The latency distribution of backend snapshots.",
        advice: Doubling(0.01, 17)
    );

    public static readonly Gauge<long> SizeBytes = Meter.CreateGauge<long>(
        "etcd_mvcc_db_total_size_in_bytes",
        "By",
        "Total size of the underlying database physically allocated in bytes."
    );

    public static readonly Gauge<long> InUseBytes = Meter.CreateGauge<long>(
        "etcd_mvcc_db_total_size_in_use_in_bytes",
        "By",
        "Total size of the underlying database logically in use in bytes."
    );

    public static readonly Gauge<long> OpenReads = Meter.CreateGauge<long>(
        "etcd_mvcc_db_open_read_transactions",
        "{transaction}",
        "The number of currently open read transactions"
    );

    private static InstrumentAdvice<double> Doubling(double first, int count) =>
        new() { HistogramBucketBoundaries = [.. Enumerable.Range(0, count).Select(i => first * Math.Pow(2, i))] };
}
