using System.Diagnostics.Metrics;

namespace EtcdSharp.Storage.Wal;

/// <summary>The log's instruments, under etcd's names.</summary>
internal static class WalMetrics
{
    public const string MeterName = "EtcdSharp.Storage.Wal";

    private static readonly Meter Meter = new(MeterName);

    public static readonly Histogram<double> FsyncDurationSeconds = Meter.CreateHistogram<double>(
        "etcd_disk_wal_fsync_duration_seconds",
        description: "The latency distributions of fsync called by WAL."
    );

    public static readonly Histogram<double> WriteDurationSeconds = Meter.CreateHistogram<double>(
        "etcd_disk_wal_write_duration_seconds",
        description: "The latency distributions of write called by WAL."
    );

    public static readonly UpDownCounter<long> WriteBytes = Meter.CreateUpDownCounter<long>(
        "etcd_disk_wal_write_bytes_total",
        description: "Total number of bytes written in WAL."
    );
}
