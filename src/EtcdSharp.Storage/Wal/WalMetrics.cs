using System.Diagnostics.Metrics;

namespace EtcdSharp.Storage.Wal;

/// <summary>The log's instruments, under etcd's names.</summary>
/// <param name="meter">The member's, so that two members in a process count apart.</param>
internal sealed class WalMetrics(Meter meter)
{
    /// <summary>Where nobody collects metrics: tools and tests.</summary>
    public static WalMetrics Unheard { get; } = new(new Meter("Unheard"));

    public readonly Histogram<double> FsyncDurationSeconds = meter.CreateHistogram<double>(
        "etcd_disk_wal_fsync_duration_seconds",
        description: "The latency distributions of fsync called by WAL."
    );

    public readonly Histogram<double> WriteDurationSeconds = meter.CreateHistogram<double>(
        "etcd_disk_wal_write_duration_seconds",
        description: "The latency distributions of write called by WAL."
    );

    public readonly UpDownCounter<long> WriteBytes = meter.CreateUpDownCounter<long>(
        "etcd_disk_wal_write_bytes_total",
        description: "Total number of bytes written in WAL."
    );
}
