using System.Diagnostics.Metrics;

namespace EtcdSharp.Storage.Snap;

/// <summary>The instruments of snapshot files, under etcd's names.</summary>
internal static class SnapMetrics
{
    private static readonly Meter Meter = new("EtcdSharp.Storage.Snap");

    public static readonly Histogram<double> SyncSeconds = Meter.CreateHistogram<double>("etcd_snap_fsync_duration_seconds");

    public static readonly Histogram<double> SaveSeconds = Meter.CreateHistogram<double>(
        "etcd_debugging_snap_save_total_duration_seconds"
    );

    public static readonly Histogram<double> EncodeSeconds = Meter.CreateHistogram<double>(
        "etcd_debugging_snap_save_marshalling_duration_seconds"
    );
}
